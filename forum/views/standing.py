"""Where a topic stands: pinned, answered, open again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.clock import london_day
from common.errors import DomainError
from forum import permissions
from forum.actions.answers import accept_answer, take_acceptance_back
from forum.actions.pinning import pin_topic, unpin_topic
from forum.rendering import author_name, gist
from forum.topic_forms import PinForm
from forum.views.loading import post_or_404, topic_or_404
from forum.views.topics import place_for


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Ask, then this reply answers the question."""
    post = post_or_404(request, pk, number)
    permissions.can_accept(request.user, post.topic).enforce()
    if request.method == "GET":
        context = {"post": post, "topic": post.topic, "name": author_name(post), "words": gist(post.html, 300)}
        return render(request, "forum/accept.html", context)
    try:
        accept_answer(post, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except DomainError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"#{number} is the accepted answer. It is linked at the top of the topic.")
    return redirect(place_for(request, post.topic, post))


@login_required
@require_POST
def unaccept(request: HttpRequest, pk: int) -> HttpResponse:
    """No reply is the accepted answer any more."""
    topic = topic_or_404(request, pk).topic
    take_acceptance_back(topic, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, "The question is open again.")
    return redirect(topic)


@login_required
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a topic above its list until a day; an empty day lets it go."""
    topic, now = topic_or_404(request, pk).topic, timezone.now()
    permissions.can_announce(request.user, topic.category).enforce()
    is_pinned = topic.pinned_until is not None and topic.pinned_until > now
    last_day = london_day(topic.pinned_until) if topic.pinned_until and is_pinned else None
    form = PinForm(request.POST or None, at=now, initial={"pinned_until": last_day, "everywhere": topic.pinned_everywhere})
    if request.method == "POST" and form.is_valid():
        if form.pin is None:
            unpin_topic(topic, by=request.user, at=now)  # type: ignore[arg-type]
            messages.success(request, "It is not pinned.")
        else:
            pin_topic(topic, by=request.user, pin=form.pin, at=now)  # type: ignore[arg-type]
            messages.success(request, "It is pinned.")
        return redirect(topic)
    return render(request, "forum/pin.html", {"form": form, "topic": topic})
