"""Drafts: kept while one writes, listed, gone on with, thrown away. Each is its writer's alone."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.errors import DomainError
from forum.actions.drafts import DraftMovedOn, discard_draft, forget_draft, save_draft
from forum.models import Draft
from forum.readers.drafts import draft_of, drafts_of
from forum.requests import about_sent, poll_sent, sequence_of, whole_number
from forum.views.loading import topic_or_404


@login_required
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """What is begun and not sent."""
    return render(request, "forum/drafts.html", {"rows": drafts_of(_writer(request)), "now": timezone.now()})


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """For the page one writes on: the draft of a form, or keep or forget it. 409 with the newer one where another window saved
    meanwhile."""
    key = (request.GET if request.method == "GET" else request.POST).get("draft_key", "").replace("\0", "")
    if request.method == "GET":
        return JsonResponse(_told(draft_of(_writer(request), key)))
    if "forget" in request.POST:
        forget_draft(by=_writer(request), key=key, text=request.POST.get("body", ""))
        return JsonResponse({"sequence": 0})
    try:
        kept = save_draft(
            by=_writer(request),
            key=key,
            seen=sequence_of(request.POST.get("sequence")),
            title=request.POST.get("title", ""),
            body=request.POST.get("body", ""),
            parent_number=whole_number(request.POST.get("to")) or None,
            poll=poll_sent(request),
            about=about_sent(request),
            at=timezone.now(),
        )
    except DraftMovedOn as moved:
        return JsonResponse(_told(moved.newer), status=409)
    except DomainError as problem:
        return JsonResponse({"why": str(problem)}, status=400)
    return JsonResponse({"sequence": kept})


@login_required
@require_http_methods(["GET", "POST"])
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the draft and asks; then it is gone."""
    draft = get_object_or_404(Draft, pk=pk, user=request.user.pk)
    if draft.is_empty:  # deleted in another window, or the page after it was loaded again
        return redirect("forum:drafts")
    if request.method == "GET":
        return render(request, "forum/draft_discard.html", {"draft": draft, "now": timezone.now()})
    try:
        seen = sequence_of(request.POST.get("sequence"))
        gone = discard_draft(by=_writer(request), key=draft.key, seen=seen, at=timezone.now())
    except DraftMovedOn:
        messages.warning(request, "You went on writing this draft meanwhile, so it is still here. Look at it again.")
        return redirect("forum:draft_discard", pk)
    return _gone(request, gone, reverse("forum:drafts"))


@login_required
@require_POST
def draft_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """A deleted draft as it was: its words come back with the button, since nothing kept them. Where another was begun there
    meanwhile, that stays, and the page with the words too."""
    row = get_object_or_404(Draft, pk=pk, user=request.user.pk)
    sent, back = request.POST, request.POST.get("back", "")
    sequence, parent = sequence_of(sent.get("sequence")), whole_number(sent.get("to")) or None
    title, body = (sent.get(name, "").replace("\r\n", "\n") for name in ("title", "body"))
    back = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("forum:drafts")
    try:
        save_draft(
            by=_writer(request),
            key=row.key,
            seen=sequence,
            title=title,
            body=body,
            parent_number=parent,
            poll=poll_sent(request),
            about=about_sent(request),
            at=timezone.now(),
        )
    except DomainError as problem:
        gone = Draft(pk=pk, key=row.key, sequence=sequence, title=title, body=body, parent_number=parent)
        gone.poll, gone.about = poll_sent(request), about_sent(request)
        return _gone(request, gone, back, str(problem))
    messages.success(request, "Undone. The draft is back.")
    return redirect(back)


@login_required
@require_POST
def throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft of a reply goes; a page says so and can bring it back."""
    topic = topic_or_404(request, pk).topic
    key = request.POST.get("draft_key", "").replace("\0", "")
    gone = discard_draft(by=_writer(request), key=key, at=timezone.now())
    return _gone(request, gone, topic.get_absolute_url())


def _gone(request: HttpRequest, gone: Draft | None, back: str, problem: str = "") -> HttpResponse:
    """Says so, with the words and a button that brings them back."""
    if gone is None or gone.is_empty:
        return redirect(back)
    return render(request, "forum/draft_gone.html", {"draft": gone, "back": back, "problem": problem})


def _told(draft: Draft | None) -> dict[str, object]:
    if draft is None:
        return {"sequence": 0, "title": "", "body": "", "to": None, "poll": None, "about": None, "saved_at": None}
    told = {"sequence": draft.sequence, "title": draft.title, "body": draft.body, "poll": draft.poll, "about": draft.about}
    return told | {"to": draft.parent_number, "saved_at": draft.saved_at.isoformat()}


def _writer(request: HttpRequest) -> User:
    return cast("User", request.user)
