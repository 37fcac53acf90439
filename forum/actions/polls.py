"""Asking with a post, and voting."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from forum import permissions
from forum.actions.errors import TextRefused
from forum.actions.speaking import refuse_the_silenced
from forum.models import Poll, PollVote, Post
from forum.pace import pace_of_votes
from forum.polling import PollPlan, counted_by, poll_problem, vote_problem
from notifications.events import record_event

LONGEST_SILENCE: Final = timedelta(days=1)


class PollClosed(DomainError):
    """The last moment for a vote has gone by."""


class VoteUnclear(DomainError):
    """What was sent is no vote in this poll."""


def put_poll(post: Post, plan: PollPlan, *, at: datetime) -> Poll:
    """Ask with a post that is being stored, by whoever stores it. Nothing of it can be changed later. Raises TextRefused."""
    problem = poll_problem(plan, at=at)
    if problem:
        raise TextRefused(problem)
    return Poll.objects.create(
        post=post,
        question=plan.question,
        options=list(plan.options),
        kind=plan.kind,
        shown=plan.shown,
        is_named=plan.is_named,
        closes_at=plan.closes_at,
        counts=[0] * len(plan.options),
    )


@transaction.atomic
def vote_in_poll(post: Post, *, by: User, choices: Sequence[int], at: datetime) -> PollVote:
    """One's vote, in place of an earlier one. `choices` are places in the list of options, of a ranked poll best first. Raises
    PollClosed, VoteUnclear, TooFast, Refused."""
    with pace_of_votes(by=by, at=at):
        return _vote(_held(post, by, at), by, list(choices), at)


def _vote(poll: Poll, by: User, choices: list[int], at: datetime) -> PollVote:
    problem = vote_problem(choices, kind=poll.kind, options=len(poll.options))
    if problem:
        raise VoteUnclear(problem)
    vote = PollVote.objects.filter(poll=poll, user=by).first()
    if vote is None:
        vote = PollVote(poll=poll, user=by)
        poll.voter_count += 1
    else:
        _count(poll, vote.choices, -1)
    vote.choices, vote.voted_at = choices, at
    vote.save()
    _count(poll, choices, +1)
    _keep(poll)
    return vote


@transaction.atomic
def take_vote_back(post: Post, *, by: User, at: datetime) -> bool:
    """As if one had not voted. False where one had not. Raises PollClosed, TooFast, Refused."""
    with pace_of_votes(by=by, at=at):
        return _take_back(_held(post, by, at), by)


def _take_back(poll: Poll, by: User) -> bool:
    vote = PollVote.objects.filter(poll=poll, user=by).first()
    if vote is None:
        return False
    _count(poll, vote.choices, -1)
    poll.voter_count -= 1
    PollVote.objects.filter(poll=poll, user=by).delete()
    _keep(poll)
    return True


@transaction.atomic
def tell_of_closed_polls(*, at: datetime, limit: int = 200) -> int:
    """Tell whoever asked and whoever voted that a poll is closed, each once, however often and in however many places this is
    called. One that closed more than a day ago is told of no more. Returns how many were closed."""
    due = Poll.objects.filter(closes_at__lte=at, told_at=None).select_related("post")
    found = list(due.order_by("closes_at").select_for_update(skip_locked=True, of=("self",))[:limit])
    for poll in found:
        if poll.closes_at > at - LONGEST_SILENCE:
            record_event(
                "forum.poll_closed", at=at, by=None, post=poll.post_id, topic=poll.post.topic_id, number=poll.post.number
            )
    Poll.objects.filter(pk__in=[poll.pk for poll in found]).update(told_at=at)
    return len(found)


def _held(post: Post, by: User, at: datetime) -> Poll:
    """The poll, kept from others until the transaction ends: whoever counts, counts alone."""
    post = Post.objects.select_related("topic__category").get(pk=post.pk)
    permissions.can_vote(by, post).enforce()
    refuse_the_silenced(by)
    poll = Poll.objects.select_for_update().get(post=post)
    if poll.closes_at <= at:
        raise PollClosed("This poll is closed.")
    return poll


def _keep(poll: Poll) -> None:
    poll.version += 1
    poll.save(update_fields=["counts", "voter_count", "version"])


def _count(poll: Poll, choices: Sequence[int], change: int) -> None:
    for option in counted_by(poll.kind, choices):
        poll.counts[option] += change
