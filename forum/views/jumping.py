"""Ways into the middle of a topic, the face one reads it in, and all of it on paper."""

from datetime import timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.markdown import as_html
from forum.actions.reading import choose_face
from forum.forms import JumpForm
from forum.readers import first_on, first_placed, posts_in_time
from forum.readers.polls import asked_with
from forum.rendering import author_name, standing_of_post
from forum.requests import FACE_COOKIE, FACES, whole_number
from forum.views.loading import topic_or_404
from forum.views.topics import PAGE, pages_of, place_for

KEPT_FOR: Final = timedelta(days=400)  # browsers keep a cookie no longer
PART: Final = 200
"""Posts on one sheet to print: a browser lays out no more in a moment."""


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
    response = redirect(topic)
    if request.user.is_authenticated:
        choose_face(by=request.user, face=chosen)
        return response
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
    context = {
        "topic": topic,
        "posts": [(post, author_name(post), standing_of_post(post), as_html(post.html), asked_with(post)) for post in posts],
        "answer": page.solution["number"] if page.solution else None,
        "happened": page.happened,
        "part": part,
        "parts": [(each, (each - 1) * PART + 1, min(each * PART, topic.last_number)) for each in range(1, parts + 1)],
        "first": first,
        "last": last,
        "now": timezone.now(),
    }
    return render(request, "forum/print.html", context)
