"""Posts that the reader marked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError
from common.paging import BadCursor
from forum import permissions
from forum.actions.bookmarks import drop_bookmark, keep_bookmark
from forum.forms import BookmarkForm
from forum.models import Bookmark
from forum.readers.bookmarks import bookmark_for, bookmarks_of
from forum.undoing import Undo, offer_undo
from forum.views.loading import post_or_404
from forum.views.topics import place_for


@login_required
@require_safe
def bookmarks(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first."""
    try:
        page = bookmarks_of(request.user, before=request.GET.get("before", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {"rows": page.rows, "older_url": f"?before={page.older}" if page.older else "", "now": timezone.now()}
    return render(request, "forum/bookmarks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def bookmark(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Mark a post, with a note and a day if one likes; or change that. A script that only marks changes nothing of a mark there
    is, and gets an empty answer."""
    post = post_or_404(request, pk, number)
    permissions.can_bookmark(request.user, post).enforce()
    kept = bookmark_for(request.user, post)
    if request.method == "POST" and request.headers.get("X-Quietly"):
        if kept is None:
            keep_bookmark(post, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return HttpResponse(status=204)
    initial = {"note": kept.note, "remind_on": kept.remind_on} if kept else {}
    form = BookmarkForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            keep_bookmark(post, by=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as problem:
            form.add_error("remind_on", str(problem))
        else:
            messages.success(request, f"#{number} is bookmarked.")
            return redirect(place_for(request, post.topic, post))
    return render(request, "forum/bookmark.html", {"form": form, "post": post, "topic": post.topic, "kept": kept})


@login_required
@require_POST
def bookmark_off(request: HttpRequest, bookmark_id: int) -> HttpResponse:
    """Take a mark away, also of a post that may not be read any more."""
    found = get_object_or_404(Bookmark.objects.of(request.user.pk), pk=bookmark_id)
    drop_bookmark(found, by=request.user)  # type: ignore[arg-type]
    before = {"post": found.post_id, "note": found.note, "created_at": found.created_at.isoformat()}
    before["remind_on"] = found.remind_on.isoformat() if found.remind_on else ""
    before["reminded_at"] = found.reminded_at.isoformat() if found.reminded_at else ""
    offer_undo(request, "The bookmark is gone.", Undo("bookmark", before, reverse("forum:bookmarks")))
    return redirect("forum:bookmarks")
