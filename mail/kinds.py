"""What a kind of mail is: a class named in settings.MAIL_KINDS that writes the letter at hand-over."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from django.conf import settings

from common.doors import open_door
from mail.incoming import Incoming
from mail.models import Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader gets. `text` is written, not stripped from `html`. `headers` go on top of the usual ones.
    `message_id` where later mails refer to this one; it must belong to this row of the outbox alone."""

    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not sent, and why: the thing is gone, may no longer be seen, or was read already."""

    reason: str


class MailKind(Protocol):
    """`write` is called at hand-over, every time anew: it re-checks the right and makes the secrets. It must not write."""

    lane: Literal["critical", "notify"]

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped: ...


def mail_kind(kind: str) -> MailKind:
    """The class of a kind. Raises KeyError naming what is unknown."""
    found: MailKind = open_door(settings.MAIL_KINDS[kind])
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail that came in. `answer` is what its sender was told, empty where nobody was told anything."""

    outcome: Literal["taken", "refused", "dropped", "unknown"]
    answer: str = ""


class InboundKind(Protocol):
    """What a room above does with mail to `kind+token@…` (settings.INBOUND_KINDS). Called inside the transaction in which the
    outcome is written down, again where that did not come to its end. Whoever it answers is somebody it knows: a stranger
    gets nothing."""

    def take(self, came: Incoming, token: str, *, name: str, inbound: int, at: datetime) -> Taken:
        """`name` is the mail's own, the same whenever it is brought; `inbound` its row."""
        ...


def inbound_kind(kind: str) -> InboundKind:
    """Raises KeyError naming what is unknown."""
    found: InboundKind = open_door(settings.INBOUND_KINDS[kind])
    return found
