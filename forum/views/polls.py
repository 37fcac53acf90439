"""A poll on a page of its own, and voting in it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.standing import standing_of
from common.errors import DomainError
from forum import permissions
from forum.actions.polls import take_vote_back, vote_in_poll
from forum.models import Post
from forum.polling import PollView, ranked_choices
from forum.readers.polls import poll_told, ranked_lines, voters_of, with_polls
from forum.rendering import author_name
from forum.requests import whole_number
from forum.views.loading import post_or_404
from forum.views.topics import place_for

LEVEL = "Two options have the same place. Give each place once."


@require_safe
def poll(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The poll of a post: the numbers, by which rule they are counted, and of a named one who chose what."""
    post, view = _loaded(request, pk, number)
    return render(request, "forum/poll.html", _around(request, post, view))


@login_required
@require_POST
def vote(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One's vote, or another one in its place; what is wrong stands beside the options, and what was chosen stays chosen."""
    post, view = _loaded(request, pk, number)
    choices = _choices(request, view)
    try:
        permissions.can_vote(request.user, post).enforce()
        if "back" in request.POST:
            take_vote_back(post, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, "Your vote is taken back.")
        elif choices is not None:
            vote_in_poll(post, by=request.user, choices=choices, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, "Your vote is counted. You can change it until the poll closes.")
    except DomainError as problem:
        return _refused(request, post, view, str(problem))
    there = place_for(request, post.topic, post, face=request.POST.get("face", ""))
    return redirect(there) if choices is not None else _refused(request, post, view, LEVEL)


def _choices(request: HttpRequest, view: PollView) -> list[int] | None:
    """What was chosen, in order; None where two options were given one place."""
    if view.kind == "ranked":
        return ranked_choices({line.index: whole_number(request.POST.get(f"place-{line.index}")) for line in view.lines})
    return [int(told) for told in request.POST.getlist("choice")[: len(view.lines)] if told.isascii() and told.isdecimal()]


def _refused(request: HttpRequest, post: Post, view: PollView, problem: str) -> HttpResponse:
    sent = request.POST

    def kept(index: int) -> int:
        return whole_number(sent.get(f"place-{index}")) if view.kind == "ranked" else int(str(index) in sent.getlist("choice"))

    as_sent = replace(view, lines=[replace(line, place=kept(line.index)) for line in view.lines])
    return render(request, "forum/poll.html", _around(request, post, as_sent) | {"problem": problem, "title_prefix": "Error: "})


def _loaded(request: HttpRequest, pk: int, number: int) -> tuple[Post, PollView]:
    post = post_or_404(request, pk, number)
    told = with_polls(Post.objects.filter(pk=post.pk), request.user).first()
    view = poll_told(told, at=timezone.now()) if told else None
    if view is None:
        raise Http404
    return post, view


def _around(request: HttpRequest, post: Post, view: PollView) -> dict[str, Any]:
    """The numbers are loaded only for who may see them."""
    shows = view.shows_counts
    return {
        "post": post,
        "topic": post.topic,
        "poll": view,
        "name": author_name(post),
        "can_vote": permissions.can_vote(request.user, post),
        "rules": ranked_lines(post, view) if shows and view.kind == "ranked" and view.voters else [],
        "voters": voters_of(post, view) if shows and standing_of(request.user).is_member else [],
        "now": timezone.now(),
    }
