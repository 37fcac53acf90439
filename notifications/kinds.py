"""What other rooms put behind our doors: kinds of event, kinds of notice, live channels.

Each is a class named in a setting (`EVENT_KINDS`, `NOTICE_KINDS`, `LIVE_CHANNELS`), made once and asked from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

from common.doors import open_door
from mail.kinds import Letter
from notifications.models import Event, Notice


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told of an event, under the one kind that says most. `key` names the thing, so that two events about
    it tell once. `mail=False`: never by mail, whatever the preference (a persona's notices)."""

    user_id: int
    notice_kind: str
    key: str
    mail: bool = True


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """Goes to whoever listens to `channel:id` and may, as `{channel: id, **data}`. Ids only: the page fetches the rest."""

    channel: str
    id: int
    data: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice as its reader sees it now. `detail` is what was written, in brief; the notice's own time stands beside it.
    A POST to `mute` ends notices about the same thing."""

    sentence: str
    url: str
    detail: str = ""
    mute: str = ""


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A notice in the daily mail: under `heading` stands whatever has the same `group`. A mailbox may be read by others: a
    heading and a sentence name nothing of a private place."""

    group: str
    heading: str
    sentence: str
    url: str
    detail: str = ""


class EventKind(Protocol):
    """Who hears of an event, and how. Must not write; called again after a crash."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        """The next people to be told, by rising user id, each once, ids above `after`, at most `limit`; only those who may see
        the thing. Empty iff nobody is left."""
        ...

    def live(self, event: Event) -> Sequence[LiveMessage]: ...

    def ready(self, event: Event, at: datetime) -> bool:
        """False: not yet (held back, locked). Asked again later, as often as it takes."""
        ...


class NoticeKind(Protocol):
    """The words of a notice and the right to read them.

    A kind that has to be told says `can_be_off = False`; without it, whoever likes turns the kind off, and no notice is made. One
    that is told to few has `concerns(user) -> bool`: others are not asked how they want it. `off_by_default = True`: only who
    turns it on is told.
    """

    label: str
    """The choice on the preferences page: “Somebody replies to me”."""
    mail_kind: str | None
    """A name in MAIL_KINDS, usually of `notifications.mails.NoticeMail`, and then the kind is `Mailed`; None: never by mail."""
    by_mail_default: bool

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool: ...

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        """Texts by notice id, `notice.event` at hand, in a number of statements that does not grow. What may not be seen any
        more is left out."""
        ...


@runtime_checkable
class Mailed(Protocol):
    """A kind of notice that goes by mail as well."""

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        """The mail; asked only right after `may_still_see` said yes."""
        ...


@runtime_checkable
class Gathering(Protocol):
    """A kind of notice whose letters wait a while, so that several about one thing are one letter."""

    at_once: bool
    """The letter does not wait, and takes along what waited."""

    def batch(self, event: Event) -> str:
        """The thing, as `forum.topic:7`. Kinds that share it share the letter."""
        ...

    def gathered(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Letter:
        """The letter of two or more, oldest first, each of which `may_still_see` just allowed."""
        ...


@runtime_checkable
class Countable(Protocol):
    """A kind whose notices may stop being seen: the unread count asks it, in the statement that counts."""

    def seen_by(self, user: AbstractBaseUser) -> Q:
        """About rows of Notice: the thing may still be seen by its reader. Makes no statement."""
        ...


@runtime_checkable
class Summarising(Protocol):
    """A kind that has words of its own for the daily mail; others stand there with the sentence of their notice."""

    def lines(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, SummaryLine]:
        """By notice id, without what may not be seen any more; a number of statements that does not grow."""
        ...


class LiveChannel(Protocol):
    """Asked when somebody begins to listen and again before every message."""

    def may_listen(self, user_id: int, thing_id: int, /) -> bool: ...


def event_kind(name: str) -> EventKind:
    """Raises KeyError naming what is unknown; so do the others."""
    found: EventKind = open_door(settings.EVENT_KINDS[name])
    return found


def notice_kind(name: str) -> NoticeKind:
    found: NoticeKind = open_door(settings.NOTICE_KINDS[name])
    return found


def live_channel(name: str) -> LiveChannel:
    found: LiveChannel = open_door(settings.LIVE_CHANNELS[name])
    return found
