"""The title of a topic that waits for a moderator."""

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
from forum.actions.titles import retitle_topic
from forum.guarding import ask_first
from forum.topic_forms import TitleForm
from forum.views.loading import post_or_404


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
