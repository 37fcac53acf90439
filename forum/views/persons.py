"""What one person wrote: for members, and for the person."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import can_see_person, why_not_a_member
from accounts.standing import standing_of
from common.markdown import as_html
from common.paging import BadCursor
from forum.permissions import can_see_topic
from forum.readers.persons import own_posts, posts_by, topics_by
from forum.rendering import gist


@require_safe
def posts_of(request: HttpRequest, handle: str) -> HttpResponse:
    """The posts of a person, as far as the reader may see them."""
    person = _person(request, handle)
    try:
        page = posts_by(person, request.user, before=request.GET.get("before", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {"person": person, "rows": [(post, gist(post.html, 300)) for post in page.rows], "older_url": _older(page.older)}
    return render(request, "forum/posts_of.html", {**context, "now": timezone.now()})


@require_safe
def topics_of(request: HttpRequest, handle: str) -> HttpResponse:
    """The topics a person started, as far as the reader may know of them."""
    person = _person(request, handle)
    try:
        page = topics_by(person, request.user, before=request.GET.get("before", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {"person": person, "rows": page.rows, "older_url": _older(page.older), "now": timezone.now()}
    return render(request, "forum/topics_of.html", context)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything the reader wrote under their name, also where they may not go any more: there without title or link."""
    try:
        page = own_posts(request.user, before=request.GET.get("before", ""))
    except BadCursor as error:
        raise Http404 from error
    rows = [(post, as_html(post.html), can_see_topic(request.user, post.topic)) for post in page.rows]
    context = {
        "rows": rows,
        "older_url": _older(page.older),
        "why_not": why_not_a_member(standing_of(request.user)),
        "some_closed": not all(may for _, _, may in rows),
        "now": timezone.now(),
    }
    return render(request, "forum/mine.html", context)


def _person(request: HttpRequest, handle: str) -> User:
    can_see_person(request.user).enforce()
    return get_object_or_404(User, handle=handle, is_active=True)


def _older(cursor: str) -> str:
    return f"?before={cursor}" if cursor else ""
