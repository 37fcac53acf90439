"""Ticking the posts that are to be split off, page by page. All of it stands in the address: nothing is changed here."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from forum import permissions
from forum.models import Post
from forum.ranges import NumbersUnclear, read_numbers, write_numbers
from forum.readers import posts_in_time
from forum.rendering import author_name, gist
from forum.requests import whole_number
from forum.views.loading import topic_or_404

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A post to tick; `stays` says why it cannot be moved, empty where it can."""

    post: Post
    name: str
    words: str
    stays: str
    is_chosen: bool


@login_required
@require_safe
def split_posts(request: HttpRequest, pk: int) -> HttpResponse:
    """Fifty posts a page. `chosen` comes from the pages before; of those `shown` on the page that was sent, only the ticked ones
    (`post`) stay chosen."""
    topic, asked = topic_or_404(request, pk).topic, request.GET
    permissions.can_moderate(request.user, topic.category).enforce()
    last = topic.last_number
    ticked = {whole_number(number) for number in asked.getlist("post")[:PAGE]}
    chosen = (_numbers(asked.get("chosen", ""), last) - _numbers(asked.get("shown", ""), last)) | ticked
    chosen = {number for number in chosen if 1 < number <= last}
    if "done" in asked:
        return redirect(f"{reverse('forum:split', args=[pk])}?{urlencode({'posts': write_numbers(chosen)})}")
    page, pages = whole_number(asked.get("page", "1")), max(1, ceil(last / PAGE))
    if not 1 <= page <= pages:
        raise Http404
    first, upto = (page - 1) * PAGE + 1, min(page * PAGE, last)
    context = {
        "topic": topic,
        "lines": _lines(posts_in_time(topic, request.user, first=first, last=upto), chosen),
        "count": len(chosen),
        "chosen": write_numbers(chosen),
        "shown": f"{first}–{upto}",
        "page": page,
        "pages": pages,
        "now": timezone.now(),
    }
    return render(request, "forum/split_posts.html", context)


def _lines(posts: Sequence[Post], chosen: set[int]) -> list[Line]:
    lines = []
    for post in posts:
        if post.state in (Post.State.MOVED, Post.State.GAP):
            continue
        stays = _why_it_stays(post)
        words = gist(post.html, 160) if not post.is_tombstone else "Removed"
        name = "" if post.is_tombstone else author_name(post)
        lines.append(Line(post, name, words, stays, post.number in chosen and not stays))
    return lines


def _why_it_stays(post: Post) -> str:
    if post.number == 1:
        return "The first post stays with its topic."
    if post.persona_id:
        return "Written under a pseudonym, which belongs to this topic."
    return "Waits for a moderator: decide about it first." if post.state == Post.State.PENDING else ""


def _numbers(text: str, last: int) -> set[int]:
    """Those of an address; what is unclear in it is none."""
    with suppress(NumbersUnclear):
        return set(read_numbers(text[:2000], last=last)) if text.strip() else set()
    return set()
