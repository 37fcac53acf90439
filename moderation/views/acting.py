"""A moderator comes across something and decides it at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from forum.rendering import author_name
from moderation import permissions
from moderation.actions.deciding import acts_on, decide_at_once
from moderation.forms import DecisionForm
from moderation.models import Act, Case
from moderation.permissions import Thing
from moderation.views.loading import person_or_404, post_or_404, topic_or_404


@login_required
@require_http_methods(["GET", "POST"])
def act_on_post(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    post = post_or_404(request, pk, number)
    standing = Case.objects.open().filter(post=post)
    erase_url = reverse("moderation:erase_post", args=[pk, number])
    what, back = f"Post #{number} by {author_name(post)}", post.get_absolute_url()
    return _act(request, post, standing=standing.first(), what=what, place=post.topic.title, back=back, erase_url=erase_url)


@login_required
@require_http_methods(["GET", "POST"])
def act_on_topic(request: HttpRequest, pk: int) -> HttpResponse:
    topic = topic_or_404(request, pk)
    standing = Case.objects.open().filter(topic=topic, post=None)
    what, back = f"The topic “{topic.title}”", topic.get_absolute_url()
    return _act(request, topic, standing=standing.first(), what=what, place=topic.title, back=back)


@login_required
@require_http_methods(["GET", "POST"])
def act_on_person(request: HttpRequest, handle: str) -> HttpResponse:
    person = person_or_404(request, handle)
    standing = Case.objects.open().filter(about=person, topic=None)
    back = reverse("accounts:person", args=[handle])
    return _act(request, person, standing=standing.first(), what=str(person), place=str(person), back=back)


def _act(
    request: HttpRequest, thing: Thing, *, standing: Case | None, what: str, place: str, back: str, erase_url: str = ""
) -> HttpResponse:
    """Where a case is open already, that is the place to decide it. `back` leads to `place`."""
    permissions.can_act_on(request.user, thing).enforce()
    if standing is not None:
        return redirect("moderation:case", standing.pk)
    now = timezone.now()
    acts = [act for act in acts_on(request.user, thing) if act != Act.NOTHING]  # type: ignore[arg-type]
    form = DecisionForm(request.POST or None, acts=acts, at=now)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            decision = decide_at_once(
                thing,
                by=request.user,  # type: ignore[arg-type]
                acts=told["acts"],
                reason=told["reason"],
                note=told["note"],
                ends_at=form.ends_at,
                at=now,
            )
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Decided. Whoever is concerned is told, with the reason.")
            return redirect("moderation:case", decision.case_id)
    context = {"form": form, "what": what, "place": place, "back": back, "erase_url": erase_url}
    return render(request, "moderation/act.html", context)
