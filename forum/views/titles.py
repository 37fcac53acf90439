"""The title of a topic: its author's while it waits, a moderator's correction later."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from common.errors import DomainError
from forum import permissions
from forum.actions.notes import ReasonMissing
from forum.actions.titles import correct_title, retitle_topic
from forum.guarding import ask_first
from forum.models import TopicNote
from forum.topic_forms import CorrectTitleForm, TitleForm
from forum.views.loading import post_or_404, topic_or_404


@login_required
@require_http_methods(["GET", "POST"])
def topic_title(request: HttpRequest, pk: int) -> HttpResponse:
    """Its author gives it another one."""
    topic = post_or_404(request, pk, 1).topic
    permissions.can_retitle(request.user, topic).enforce()
    form, guard = TitleForm(request.POST or None, initial={"title": topic.title}), None
    if request.method == "POST" and form.is_valid() and not (guard := ask_first(request, form.cleaned_data["title"])):
        try:
            topic = retitle_topic(topic, by=cast("User", request.user), title=form.cleaned_data["title"], at=timezone.now())
        except DomainError as problem:
            form.add_error("title", str(problem))
        else:
            messages.success(request, "The title is changed. The topic still waits for a moderator.")
            return redirect("forum:pseudonyms" if topic.persona_id else topic)
    return render(request, "forum/topic_title.html", {"form": form, "topic": topic, "guard": guard})


@login_required
@require_http_methods(["GET", "POST"])
def corrected_title(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator takes a title away that tells what it must not."""
    topic = topic_or_404(request, pk).topic
    permissions.can_correct_title(request.user, topic).enforce()
    form, guard = CorrectTitleForm(request.POST or None, initial={"title": topic.title}), None
    if request.method == "POST" and form.is_valid() and not (guard := ask_first(request, form.cleaned_data["title"])):
        told = {"title": form.cleaned_data["title"], "reason": form.cleaned_data["reason"]}
        try:
            topic = correct_title(topic, by=cast("User", request.user), at=timezone.now(), **told)
        except ReasonMissing as problem:
            form.add_error("reason", str(problem))
        except DomainError as problem:
            form.add_error("title", str(problem))
        else:
            messages.success(request, "The title is changed.")
            return redirect(topic)
    before = TopicNote.objects.filter(topic=topic, kind=TopicNote.Kind.RETITLED).order_by("-at", "-pk")
    return render(request, "forum/correct_title.html", {"form": form, "topic": topic, "guard": guard, "before": before})
