"""Read marks: small POSTs that a script sends, and that work as forms."""

from dataclasses import asdict, astuple
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from forum.actions.reading import mark_all_read, mark_category_read, mark_seen, mark_topic_read, mark_whole_topic_read
from forum.rendering import in_quotes
from forum.requests import whole_number, whole_numbers
from forum.undoing import Undo, offer_undo
from forum.views.loading import category_or_404, topic_or_404

MOST_SEEN: Final = 500


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read up to `number`, or, out of order, the numbers `seen`. A script gets an empty answer; a form, which says neither, the
    topic with a button to undo it."""
    page, now = topic_or_404(request, pk), timezone.now()
    reader: User = request.user  # type: ignore[assignment]
    seen = whole_numbers(request.POST.get("seen"), most=MOST_SEEN)
    if seen:
        mark_seen(page.topic, by=reader, numbers=seen, last_read=page.last_read, at=now)
    elif "number" in request.POST or request.headers.get("X-Quietly"):
        number = whole_number(request.POST.get("number")) or page.topic.last_number
        mark_topic_read(page.topic, by=reader, number=number, at=now)
    else:
        before = mark_whole_topic_read(page.topic, by=reader, at=now)
        undo = Undo("read", {"topic": page.topic.pk, "was": astuple(before)}, page.topic.get_absolute_url())
        offer_undo(request, f"Everything in {in_quotes(page.topic.title)} up to now counts as read.", undo)
    return HttpResponse(status=204) if request.headers.get("X-Quietly") else redirect(page.topic)


@login_required
@require_http_methods(["GET", "POST"])
def read_all(request: HttpRequest) -> HttpResponse:
    """Ask, then count everything as read, with a button to undo it."""
    if request.method == "GET":
        return render(request, "forum/mark_read.html")
    before = mark_all_read(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    offer_undo(request, "Everything up to now counts as read.", Undo("marks", asdict(before), reverse("forum:unread")))
    return redirect("forum:unread")


@login_required
@require_http_methods(["GET", "POST"])
def read_category(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for one category."""
    category = category_or_404(request, slug)
    if request.method == "GET":
        return render(request, "forum/mark_read.html", {"category": category})
    before = mark_category_read(category, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    undo = Undo("marks", asdict(before), reverse("forum:category", args=[slug]))
    offer_undo(request, f"Everything in {category.name} up to now counts as read.", undo)
    return redirect("forum:category", slug)
