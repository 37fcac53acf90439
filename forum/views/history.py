"""What a post said before: for members to read and compare, for moderators to put back or to take away."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from common.errors import DomainError
from forum import permissions
from forum.actions.history import restore_revision, take_revision_away
from forum.forms import VersionForm
from forum.models import Post
from forum.readers.versions import Version, history_of, pieces_of, version_of
from forum.rendering import source_of
from forum.requests import whole_number
from forum.views.loading import post_or_404


@login_required
@require_safe
def history(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What changed, newest first; `?from=1&to=4` shows two versions against each other."""
    post = _post(request, pk, number)
    context = _around(request, post)
    if "from" in request.GET:
        one = _version(post, whole_number(request.GET["from"]))
        other = _version(post, whole_number(request.GET.get("to")) or post.revision)
        before, after = sorted((one, other), key=lambda version: version.number)
        context |= {"before": before, "after": after, "pieces": pieces_of(before, after)}
        return render(request, "forum/compare.html", context)
    found = history_of(post, below=whole_number(request.GET.get("below")))
    return render(request, "forum/history.html", context | {"changes": found.changes, "older": found.older})


@require_safe
def raw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The source of a post, as text."""
    return HttpResponse(source_of(post_or_404(request, pk, number)), content_type="text/plain; charset=utf-8")


@login_required
@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, pk: int, number: int, version: int) -> HttpResponse:
    """A moderator looks at what would be, says why, and the post says it again."""
    post = _post(request, pk, number)
    permissions.can_keep_history(request.user, post).enforce()
    then = _version(post, version)
    if then.is_now or then.text is None:
        raise Http404
    form = VersionForm(request.POST or None, initial={"revision": post.revision})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            restore_revision(
                post,
                by=_reader(request),
                number=version,
                reason=told["reason"],
                at=timezone.now(),
                seen_revision=told["revision"],
            )
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"The post says again what version {version} said. Its author is told why.")
            return redirect("forum:history", pk, number)
    now = _version(post, post.revision)
    context = _around(request, post) | {"form": form, "version": then, "pieces": pieces_of(now, then)}
    return render(request, "forum/restore.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def take_away(request: HttpRequest, pk: int, number: int, version: int) -> HttpResponse:
    """A moderator takes the text of an earlier version away, for good."""
    post = _post(request, pk, number)
    permissions.can_keep_history(request.user, post).enforce()
    then = _version(post, version)
    if then.is_now or then.text is None:
        raise Http404
    form = VersionForm(request.POST or None, initial={"revision": post.revision})
    if request.method == "POST" and form.is_valid():
        try:
            take_revision_away(post, by=_reader(request), number=version, reason=form.cleaned_data["reason"], at=timezone.now())
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Nobody reads any more what version {version} said.")
            return redirect("forum:history", pk, number)
    return render(request, "forum/take_away.html", _around(request, post) | {"form": form, "version": then})


def _post(request: HttpRequest, pk: int, number: int) -> Post:
    post = post_or_404(request, pk, number)
    permissions.can_see_history(request.user, post).enforce()
    return post


def _around(request: HttpRequest, post: Post) -> dict[str, object]:
    may_keep = permissions.can_keep_history(request.user, post)
    numbers = range(post.revision, max(0, post.revision - 200), -1)
    return {"post": post, "topic": post.topic, "numbers": numbers, "may_keep": may_keep, "now": timezone.now()}


def _version(post: Post, number: int) -> Version:
    version = version_of(post, number)
    if version is None:
        raise Http404
    return version


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)
