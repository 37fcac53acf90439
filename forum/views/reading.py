"""Read marks, following: small POSTs that a script sends, and that work as forms."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from forum.actions.reading import bookmark_post, follow_topic, mark_topic_read
from forum.models import Level
from forum.requests import whole_number
from forum.views.loading import topic_or_404
from forum.views.topics import place_of


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read up to `number`. A script gets an empty answer, a form the topic."""
    topic = topic_or_404(request, pk).topic
    number = whole_number(request.POST.get("number")) or topic.last_number
    mark_topic_read(topic, by=request.user, number=number, at=timezone.now())  # type: ignore[arg-type]
    return HttpResponse(status=204) if request.headers.get("X-Quietly") else redirect(topic)


@login_required
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    topic, level = topic_or_404(request, pk).topic, request.POST.get("level", "")
    if level not in Level.values:
        raise Http404
    follow_topic(topic, by=request.user, level=level)  # type: ignore[arg-type]
    return redirect(topic)


@login_required
@require_POST
def bookmark(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a post, or with no number take the mark away."""
    topic, number = topic_or_404(request, pk).topic, whole_number(request.POST.get("number"))
    bookmark_post(topic, by=request.user, number=number or None)  # type: ignore[arg-type]
    return redirect(place_of(topic, number)) if number else redirect(topic)
