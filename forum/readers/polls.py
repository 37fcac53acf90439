"""Polls: in the statement that loads a post, and with every vote on a page of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.db.models import JSONField, OuterRef, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from accounts.standing import Anyone, standing_of
from common.moments import in_words
from forum.models import Poll, PollVote, Post
from forum.models.post import PostQuerySet
from forum.polling import RULE, PollView, poll_view, rankings
from tally import Result

_TOLD = ("question", "options", "kind", "shown", "is_named", "closes_at", "counts", "voter_count", "version")
_KEPT_FOR: Final = 7 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule makes of a ranked poll: groups of options that are level, best first."""

    title: str
    rule: str
    order: Sequence[Sequence[str]]
    sentences: Sequence[str]
    tie_broken: bool
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll where nobody can vote: in letters, feeds, on paper, to moderators. Never what came of it: that hangs on who looks
    and when. `until`: the day and hour on which it closes, London's."""

    question: str
    options: Sequence[str]
    until: str


def asked_with(post: Post) -> Asked | None:
    """The poll of a post of `with_polls` in words; None where it has none."""
    told: Mapping[str, Any] | None = getattr(post, "asked", None)
    if not told:
        return None
    closes_at = parse_datetime(told["closes_at"])
    return Asked(told["question"], told["options"], in_words(closes_at, now=closes_at, style="full")) if closes_at else None


def asked_in(*, topic: int, number: int) -> Asked | None:
    """The same of the post of this number. One statement."""
    poll = Poll.objects.filter(post__topic=topic, post__number=number).first()
    return Asked(poll.question, poll.options, in_words(poll.closes_at, now=poll.closes_at, style="full")) if poll else None


def with_polls(posts: PostQuerySet, user: Anyone) -> PostQuerySet:
    """These posts with `asked`: the poll of each as `poll_told` reads it, with the reader's own vote. No further statement."""
    mine: Subquery | Value = Value(None, output_field=JSONField())
    user_id = standing_of(user).user_id
    if user_id is not None:
        votes = PollVote.objects.filter(poll=OuterRef("pk"), user=user_id)
        mine = Subquery(votes.values(told=JSONObject(choices="choices"))[:1], output_field=JSONField())
    polls = Poll.objects.filter(post=OuterRef("pk")).annotate(my_vote=mine)
    told = JSONObject(**{name: name for name in _TOLD}, mine="my_vote")
    return posts.annotate(asked=Subquery(polls.values(told=told)[:1], output_field=JSONField()))


def poll_told(post: Post, *, at: datetime) -> PollView | None:
    """The poll of a post of `with_polls`, as its reader sees it at this moment; None where it has none."""
    told: Mapping[str, Any] | None = getattr(post, "asked", None)
    if not told:
        return None
    mine = (told.get("mine") or {}).get("choices")
    return poll_view({**told, "closes_at": parse_datetime(told["closes_at"]), "mine": mine}, at=at)


def ranked_lines(post: Post, view: PollView) -> list[RuleLine]:
    """Every rule's order, ours first. Only for who may see the numbers. Counted once for each version of the poll, by one
    statement, and kept: the version was read before the votes are, and every vote raises it as it is stored, so nobody is shown
    less than the votes that they know of."""
    key = f"forum:ranking:{post.pk}:{view.version}:{view.voters}"
    kept: list[tuple[Any, ...]] | None = cache.get(key)
    if kept is None:
        votes = PollVote.objects.filter(poll=post.pk).values_list("choices", flat=True)
        names = {str(line.index): line.text for line in view.lines}
        found = rankings(len(view.lines), votes)
        kept = [astuple(_line(method, found[method], names)) for method in sorted(found, key=lambda method: method != RULE)]
        cache.set(key, kept, _KEPT_FOR)
    return [RuleLine(*line) for line in kept]


def voters_of(post: Post, view: PollView, *, limit: int = 500) -> list[tuple[str, list[str]]]:
    """Of a named poll who voted for what, by name; nobody of an anonymous one. One statement."""
    if not view.is_named:
        return []
    votes = PollVote.objects.filter(poll=post.pk).select_related("user").order_by("user__sort_key", "user")[:limit]
    return [(str(vote.user), [view.lines[choice].text for choice in vote.choices]) for vote in votes]


def _line(method: str, result: Result, names: Mapping[str, str]) -> RuleLine:
    order = [[names[option] for option in group] for group in result.ranking]
    return RuleLine(result.title, result.rule, order, result.sentences(names), result.tie_broken, method == RULE)
