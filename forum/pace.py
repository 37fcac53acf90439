"""How fast one person may write: asked by the actions, so that every way in (page, mail) meets it.

Counted from the rows that stand, by index, and kept nowhere. What somebody writes under pseudonyms no row can count: for that
there are slots in the cache, as many as the pace allows, each under a name that only the holder of PERSONA_KEY can compute and
that is gone after PACE_MINUTES. Two slots of one person have nothing in common. The pace under pseudonyms is apart from that
under one's own name, so that no refusal under the one says anything of the other (docs/security.md).
"""

import hashlib
import hmac
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from accounts.models import User
from common.clock import LONDON
from common.errors import DomainError
from forum.models import Post, Reaction, Topic

_TOLD: Final = {
    "PACE_TOPICS": ("started", "topic"),
    "PACE_REPLIES": ("posted", "reply"),
    "PACE_REACTIONS": ("given", "reaction"),
}


class TooFast(DomainError):
    """More within the span than one person writes; the sentence says when the next can come (`until`)."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


def keep_pace(setting: str, moments: "QuerySet[Any, datetime]", *, at: datetime) -> None:
    """Raises TooFast where as many as `setting` allows stand within the last PACE_MINUTES. `moments`: when, newest first; one
    row is asked for."""
    most: int = getattr(settings, setting)
    if not most:
        return
    span = timedelta(minutes=settings.PACE_MINUTES)
    oldest = moments[most - 1 : most].first()
    if oldest is None or oldest <= at - span:
        return
    raise _too_fast(setting, oldest + span)


@contextmanager
def pace_of_topics(*, by: User, as_persona: bool, at: datetime) -> Iterator[None]:
    """Around the transaction that starts one. One statement, or for a persona two questions to the cache. Raises TooFast."""
    if as_persona:
        with _pace_under_pseudonyms("PACE_TOPICS", by=by, at=at):
            yield
        return
    keep_pace("PACE_TOPICS", Topic.objects.filter(author=by).order_by("-created_at").values_list("created_at", flat=True), at=at)
    yield


@contextmanager
def pace_of_replies(*, by: User, as_persona: bool, at: datetime) -> Iterator[None]:
    """Around the transaction that posts one. One statement along the posts of the author, newest first, or for a persona two
    questions to the cache. Raises TooFast."""
    if as_persona:
        with _pace_under_pseudonyms("PACE_REPLIES", by=by, at=at):
            yield
        return
    theirs = Post.objects.filter(author=by, number__gt=1)
    keep_pace("PACE_REPLIES", theirs.order_by("-pk").values_list("created_at", flat=True), at=at)
    yield


def keep_pace_of_reactions(*, by: User, at: datetime) -> None:
    """Raises TooFast."""
    keep_pace(
        "PACE_REACTIONS", Reaction.objects.filter(user=by).order_by("-created_at").values_list("created_at", flat=True), at=at
    )


@contextmanager
def _pace_under_pseudonyms(setting: str, *, by: User, at: datetime) -> Iterator[None]:
    """What was not written after all does not count."""
    most: int = getattr(settings, setting)
    taken = _take([_slot(setting, by, number) for number in range(most)], setting, at) if most else ""
    try:
        yield
    except BaseException:
        if taken:
            cache.delete(taken)
        raise


def _take(names: list[str], setting: str, at: datetime) -> str:
    """The name of the slot that is ours from now on."""
    span = timedelta(minutes=settings.PACE_MINUTES)
    held = cache.get_many(names)
    for name in names:
        if name in held and datetime.fromisoformat(held[name]) <= at:
            cache.delete(name)  # by the clock of the caller it is over
        elif name in held:
            continue
        if cache.add(name, (at + span).isoformat(), span.total_seconds()):
            return name
    still = [until for until in map(datetime.fromisoformat, held.values()) if until > at]
    raise _too_fast(setting, min(still, default=at + span))


def _slot(setting: str, by: User, number: int) -> str:
    """HMAC-SHA256(PERSONA_KEY, setting 0 member ‖ number)."""
    told = setting.encode() + b"\0" + struct.pack(">qq", by.pk, number)
    return f"forum:pace:{hmac.new(settings.PERSONA_KEY, told, hashlib.sha256).hexdigest()}"


def _too_fast(setting: str, until: datetime) -> TooFast:
    most, (verb, noun) = getattr(settings, setting), _TOLD[setting]
    nouns = noun if most == 1 else noun.removesuffix("y") + "ies" if noun.endswith("y") else f"{noun}s"
    clock = (until + timedelta(seconds=59)).astimezone(LONDON)
    return TooFast(
        f"You have {verb} {most} {nouns} in {settings.PACE_MINUTES} minutes, which is the most. The next can be sent at "
        f"{clock:%H:%M}, London time. What you wrote is still here.",
        until,
    )
