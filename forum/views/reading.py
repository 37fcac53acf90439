"""Read marks, following, drafts: small POSTs that a script sends, and that work as forms."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from forum.actions.drafts import discard_draft, save_draft
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


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep a draft. Tells whether it was kept, or a newer one is."""
    key, sequence = request.POST.get("draft_key", ""), request.POST.get("sequence", "")
    if not key or not sequence.isdecimal() or len(sequence) > 16:
        raise Http404
    kept = save_draft(
        by=request.user,  # type: ignore[arg-type]
        key=key.replace("\0", ""),
        sequence=int(sequence),
        title=request.POST.get("title", ""),
        body=request.POST.get("body", ""),
        parent_number=whole_number(request.POST.get("to")) or None,
        at=timezone.now(),
    )
    return JsonResponse({"kept": kept})


@login_required
@require_POST
def throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft of a reply goes; the topic's page comes back empty."""
    topic = topic_or_404(request, pk).topic
    discard_draft(by=request.user, key=request.POST.get("draft_key", "").replace("\0", ""))  # type: ignore[arg-type]
    return redirect(topic)
