"""How fast one person may write: asked by the actions, so that every way in (page, mail) meets it, and told beside the forms
before it is met.

Counted from the rows that stand, by index, and kept nowhere. What somebody writes under pseudonyms no row can count: for that
there are slots in the cache, as many as the pace allows, each under a name that only the holder of PERSONA_KEY can compute and
that is gone after PACE_MINUTES. Two slots of one person have nothing in common. The pace under pseudonyms is apart from that
under one's own name, so that no refusal under the one says anything of the other (docs/security.md).
"""

import hashlib
import hmac
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from accounts.models import User
from common.clock import LONDON
from common.errors import DomainError
from forum.models import Post, Reaction, Topic
from forum.models.attachment import owner_tag

Moments: TypeAlias = "QuerySet[Any, datetime] | Sequence[datetime]"

_TOLD: Final = {
    "PACE_TOPICS": ("start", "started", "topic"),
    "PACE_REPLIES": ("send", "posted", "reply"),
    "PACE_REACTIONS": ("give", "given", "reaction"),
    "PACE_VOTES": ("give", "given", "vote"),
}
_NEAR: Final = 10
"""Told of once no more than a tenth of what is allowed is left, or two."""


class TooFast(DomainError):
    """More within the span than one person writes; the sentence says when the next can come (`until`)."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


@dataclass(frozen=True, slots=True)
class Room:
    """How many more of what `setting` limits can be sent; `until`: when the oldest that counts will count no more."""

    setting: str
    left: int
    until: datetime

    @property
    def told(self) -> str:
        """In a sentence, near the limit; empty where it is far."""
        verb, done, noun = _TOLD[self.setting]
        if self.left > max(2, getattr(settings, self.setting) // _NEAR):
            return ""
        if not self.left:
            return f"The next {noun} can be {'sent' if verb == 'send' else done} at {_clock(self.until)}, London time."
        return f"You can {verb} {self.left} more {_counted(noun, self.left)} until {_clock(self.until)}, London time."


def room_left(setting: str, moments: Moments, *, at: datetime) -> Room | None:
    """None where nothing limits. `moments`: when, newest first; as many rows are asked for as are allowed."""
    most: int = getattr(settings, setting)
    if not most:
        return None
    span = timedelta(minutes=settings.PACE_MINUTES)
    lately = [moment for moment in moments[:most] if moment > at - span]
    return Room(setting, most - len(lately), (lately[-1] if lately else at) + span)


def keep_pace(setting: str, moments: Moments, *, at: datetime) -> str:
    """Raises TooFast where as many as `setting` allows stand within the last PACE_MINUTES. Returns what to tell whoever sends
    this one, where few are left then."""
    room = room_left(setting, moments, at=at)
    if room is None:
        return ""
    if room.left:
        return replace(room, left=room.left - 1).told
    raise _too_fast(setting, room.until)


@contextmanager
def pace_of_topics(*, by: User, as_persona: bool, at: datetime) -> Iterator[str]:
    """Around the transaction that starts one; gives what to tell whoever starts it, nothing for a persona. One statement, or for
    a persona two questions to the cache. Raises TooFast."""
    if as_persona:
        with _by_slots("PACE_TOPICS", by=by, at=at):
            yield ""
        return
    yield keep_pace("PACE_TOPICS", _topics(by), at=at)


@contextmanager
def pace_of_replies(*, by: User, as_persona: bool, lately: Sequence[datetime], at: datetime) -> Iterator[str]:
    """Around the transaction that posts one; gives what to tell whoever posts it, nothing for a persona. `lately`: when the
    author wrote their newest replies under their own name, newest first, PACE_REPLIES of them. No statement; for a persona two
    questions to the cache. Raises TooFast."""
    if as_persona:
        with _by_slots("PACE_REPLIES", by=by, at=at):
            yield ""
        return
    yield keep_pace("PACE_REPLIES", lately, at=at)


def keep_pace_of_reactions(*, by: User, at: datetime) -> str:
    """Raises TooFast."""
    return keep_pace("PACE_REACTIONS", _reactions(by), at=at)


@contextmanager
def pace_of_votes(*, by: User, at: datetime) -> Iterator[None]:
    """Around a vote or what takes one back: the row says only what was chosen last, so that slots count. Two questions to the
    cache. Raises TooFast."""
    with _by_slots("PACE_VOTES", by=by, at=at):
        yield


def told_of_topics(*, by: User, at: datetime) -> str:
    """Before one is started: how many more can be, where that is few. One statement."""
    room = room_left("PACE_TOPICS", _topics(by), at=at)
    return room.told if room else ""


def told_of_replies(*, by: User, at: datetime) -> str:
    """The same of replies under one's own name."""
    room = room_left("PACE_REPLIES", _replies(by), at=at)
    return room.told if room else ""


def told_of_reactions(*, by: User, at: datetime) -> str:
    """The same of reactions."""
    room = room_left("PACE_REACTIONS", _reactions(by), at=at)
    return room.told if room else ""


def files_key(*, by: User, at: datetime) -> str:
    """Where the cache counts the files of a day: a name that tells nobody whose count it is."""
    return f"forum:files:{at:%Y-%m-%d}:{owner_tag(UUID(int=0), by).hex()}"


def told_of_files(*, by: User, at: datetime) -> str:
    """How many more files can be attached today, where that is few. No statement."""
    left = settings.FILES_PER_DAY - int(cache.get(files_key(by=by, at=at), 0))
    if left > max(2, settings.FILES_PER_DAY // _NEAR):
        return ""
    return f"You can attach {left} more {_counted('file', left)} today." if left > 0 else "You can attach more files tomorrow."


@contextmanager
def _by_slots(setting: str, *, by: User, at: datetime) -> Iterator[None]:
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
    most, (_, done, noun) = getattr(settings, setting), _TOLD[setting]
    return TooFast(
        f"You have {done} {most} {_counted(noun, most)} in {settings.PACE_MINUTES} minutes, which is the most. The next can be "
        f"sent at {_clock(until)}, London time. What you wrote is still here.",
        until,
    )


def _topics(by: User) -> "QuerySet[Any, datetime]":
    return Topic.objects.filter(author=by).order_by("-created_at").values_list("created_at", flat=True)


def _replies(by: User) -> "QuerySet[Any, datetime]":
    return Post.objects.filter(author=by, number__gt=1).order_by("-pk").values_list("created_at", flat=True)


def _reactions(by: User) -> "QuerySet[Any, datetime]":
    return Reaction.objects.filter(user=by).order_by("-created_at").values_list("created_at", flat=True)


def _clock(moment: datetime) -> str:
    return f"{(moment + timedelta(seconds=59)).astimezone(LONDON):%H:%M}"


def _counted(noun: str, number: int) -> str:
    return noun if number == 1 else noun.removesuffix("y") + "ies" if noun.endswith("y") else f"{noun}s"
