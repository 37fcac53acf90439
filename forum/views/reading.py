"""Read marks and drafts: small POSTs that a script sends, and that work as forms."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from forum.actions.drafts import discard_draft, save_draft
from forum.actions.reading import mark_all_read, mark_category_read, mark_seen, mark_topic_read
from forum.requests import whole_number, whole_numbers
from forum.views.loading import category_or_404, topic_or_404

MOST_SEEN: Final = 500


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read up to `number`, or, out of order, the numbers `seen`. A script gets an empty answer, a form the topic."""
    page, now = topic_or_404(request, pk), timezone.now()
    reader: User = request.user  # type: ignore[assignment]
    seen = whole_numbers(request.POST.get("seen"), most=MOST_SEEN)
    if seen:
        mark_seen(page.topic, by=reader, numbers=seen, last_read=page.last_read, at=now)
    else:
        mark_topic_read(page.topic, by=reader, number=whole_number(request.POST.get("number")) or page.topic.last_number, at=now)
    return HttpResponse(status=204) if request.headers.get("X-Quietly") else redirect(page.topic)


@login_required
@require_http_methods(["GET", "POST"])
def read_all(request: HttpRequest) -> HttpResponse:
    """Ask, then count everything as read: it cannot be undone."""
    if request.method == "GET":
        return render(request, "forum/mark_read.html")
    mark_all_read(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, "Everything up to now counts as read.")
    return redirect("forum:unread")


@login_required
@require_http_methods(["GET", "POST"])
def read_category(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for one category."""
    category = category_or_404(request, slug)
    if request.method == "GET":
        return render(request, "forum/mark_read.html", {"category": category})
    mark_category_read(category, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, f"Everything in {category.name} up to now counts as read.")
    return redirect("forum:category", slug)


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
