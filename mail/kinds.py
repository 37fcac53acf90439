"""What a kind of mail is: a class named in settings.MAIL_KINDS that writes the letter at hand-over."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from django.conf import settings

from common.doors import open_door
from mail.models import Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader gets. `text` is written, not stripped from `html`. `headers` go on top of the usual ones."""

    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)


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
