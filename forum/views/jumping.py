"""Ways into the middle of a topic, the face one reads it in, and all of it on paper."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from math import ceil
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.markdown import as_html
from forum.actions.reading import choose_face
from forum.forms import JumpForm
from forum.models import Post, Topic
from forum.paper import lines_of, pages_for
from forum.readers import TopicPage, first_on, first_placed, posts_in_time
from forum.readers.polls import asked_with
from forum.rendering import author_name, standing_of_post
from forum.requests import FACE_COOKIE, FACES, asks_too_often, whole_number
from forum.views.loading import topic_or_404
from forum.views.topics import PAGE, pages_of, place_for, place_of_face

KEPT_FOR: Final = timedelta(days=400)  # browsers keep a cookie no longer
PART: Final = 200
"""Posts on one sheet to print: a browser lays out no more in a moment."""
PIECE: Final = 500
"""Posts of the whole on one sheet that are held at a time."""
LONG: Final = 2_000
_PURPOSES: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Where browsers, and older ones, say that they fetch ahead."""
_HERE: Final = "<!-- posts -->"  # whatever people wrote is escaped where it stands around it


@require_safe
def jump(request: HttpRequest, pk: int) -> HttpResponse:
    """To a number, a page, or the first post of a day; asks where nothing was said, and says what was wrong beside the field."""
    topic = topic_or_404(request, pk).topic
    form = JumpForm(request.GET or None, last_number=topic.last_number, pages=pages_of(topic))
    if request.GET and form.is_valid():
        told = form.cleaned_data
        if told["on"]:
            there = first_on(topic, request.user, day=told["on"])
        else:
            number = told["number"] or (told["page"] - 1) * PAGE + 1
            there = first_placed(topic, request.user, number=number)
        if there is not None:
            return redirect(place_for(request, topic, there))
        form.add_error("on" if told["on"] else "number", "Nothing stands there or later. Try an earlier one.")
    return render(request, "forum/jump.html", {"form": form, "topic": topic})


@require_POST
def face(request: HttpRequest, pk: int) -> HttpResponse:
    """Read topics in this face from now on: on every device of whoever has an account, else on this one."""
    topic, chosen = topic_or_404(request, pk).topic, request.POST.get("face", "")
    if chosen not in FACES:
        raise Http404
    if request.user.is_authenticated:
        choose_face(by=request.user, face=chosen)
        return redirect(topic)
    return _remembering(request, redirect(topic), chosen)


@require_safe
def face_chosen(request: HttpRequest, pk: int, chosen: str) -> HttpResponse:
    """The same by a link, of a page that holds no form: what is kept for all visitors. The answer remembers it on this device and
    writes nothing here; whoever has an account is only led there. A browser that fetches ahead has chosen nothing, nor has a
    program that asks for the head alone."""
    topic = topic_or_404(request, pk).topic
    if chosen not in FACES:
        raise Http404
    ahead = any("prefetch" in request.headers.get(name, "").lower() for name in _PURPOSES)
    is_kept = not (request.user.is_authenticated or ahead or request.method == "HEAD")
    there = redirect(topic if is_kept and chosen == "conversations" else place_of_face(topic, chosen))
    there["Cache-Control"] = "private, no-store"
    return _remembering(request, there, chosen) if is_kept else there


def _remembering(request: HttpRequest, response: HttpResponse, chosen: str) -> HttpResponse:
    response.set_cookie(FACE_COOKIE, chosen, max_age=KEPT_FOR, samesite="Lax", secure=request.is_secure())
    return response


@require_safe
def print_topic(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the reader may read of a topic, to print: PART numbers a sheet, since nobody's browser lays out 20,000 posts."""
    page = topic_or_404(request, pk)
    topic = page.topic
    parts = max(1, -(-topic.last_number // PART))
    part = whole_number(request.GET.get("part", "1"))
    if not 1 <= part <= parts:
        raise Http404
    first, last = (part - 1) * PART + 1, min(part * PART, topic.last_number)
    posts = posts_in_time(topic, request.user, first=first, last=last)
    lines = _lines(posts)
    context = _on_paper(page) | {
        "posts": _printed(posts),
        "part": part,
        "parts": [(each, (each - 1) * PART + 1, min(each * PART, topic.last_number)) for each in range(1, parts + 1)],
        "first": first,
        "last": last,
        "paper": pages_for(lines),
        "paper_whole": _paper_of_all(topic, posts, lines),
        "is_long": topic.last_number > LONG,
    }
    return render(request, "forum/print.html", context)


@require_safe
def print_whole(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same on one sheet, however long: it goes out in pieces as it is read, so that no more than one piece is held, and each
    piece asks anew what may be read. It holds a thread for a while, so one address asks for a few a minute."""
    page = topic_or_404(request, pk)
    if asks_too_often(request, "prints", settings.PRINTS_PER_MINUTE):
        context = {"topic": page.topic, "most": settings.PRINTS_PER_MINUTE, "part_size": PART}
        later = render(request, "forum/print_later.html", context, status=429)
        later["Retry-After"], later["Cache-Control"] = "60", "private, no-store"
        return later
    first = posts_in_time(page.topic, request.user, first=1, last=PART)
    context = _on_paper(page) | {"whole": True, "first": 1, "last": page.topic.last_number}
    context["paper"] = _paper_of_all(page.topic, first, _lines(first))
    frame = render_to_string("forum/print.html", context, request)
    above, _, below = frame.partition(_HERE)
    if request.method == "HEAD":
        return HttpResponse()
    response = StreamingHttpResponse(_pieces(request, page, above, below), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _pieces(request: HttpRequest, page: TopicPage, above: str, below: str) -> Iterator[str]:
    topic, answer = page.topic, _answer(page)
    yield above
    for first in range(1, topic.last_number + 1, PIECE):
        posts = posts_in_time(topic, request.user, first=first, last=min(first + PIECE - 1, topic.last_number))
        yield render_to_string("forum/_printed.html", {"posts": _printed(posts), "answer": answer})
    yield below


def _on_paper(page: TopicPage) -> dict[str, Any]:
    return {
        "topic": page.topic,
        "answer": _answer(page),
        "happened": page.happened,
        "part_size": PART,
        "now": timezone.now(),
    }


def _answer(page: TopicPage) -> int | None:
    return page.solution["number"] if page.solution else None


def _printed(posts: Iterable[Post]) -> list[tuple[Any, ...]]:
    return [(post, author_name(post), standing_of_post(post), as_html(post.html), asked_with(post)) for post in posts]


def _lines(posts: Iterable[Post]) -> int:
    return lines_of("" if post.is_tombstone else post.html for post in posts)


def _paper_of_all(topic: Topic, some: Sequence[Post], lines: int) -> int:
    """As if all posts were as long as these."""
    return pages_for(ceil(lines * topic.last_number / max(1, len(some))))
