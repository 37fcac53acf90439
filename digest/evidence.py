"""What a mail server says that it took: asked by Message-ID about deliveries of which we do not know (settings.WEEKLY_EVIDENCE).

Whatever class is named there answers one question, so that a log, a provider and the record of a drill are asked alike.
"""

import base64
import json
import re
import urllib.request
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from django.conf import settings

from common.doors import open_door

_MESSAGE_ID: Final = re.compile(r"(\w+): message-id=(<[^>]+>)")
_TIMEOUT: Final = 10


class Evidence(Protocol):
    """Of these Message-IDs (with their angles) those that the server took since a moment. Raises OSError where it cannot be
    asked now; then nothing is decided."""

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]: ...


def evidence() -> Evidence | None:
    """What settings.WEEKLY_EVIDENCE names; None where uncertain deliveries are left to a person."""
    found: Evidence | None = open_door(settings.WEEKLY_EVIDENCE) if settings.WEEKLY_EVIDENCE else None
    return found


class Record:
    """A file with a Message-ID at the start of each line, written as each message is taken."""

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]:
        with Path(settings.WEEKLY_EVIDENCE_AT).open(encoding="ascii", errors="replace") as lines:
            return {
                words[0] for line in lines if line.endswith("\n") and (words := line.split(None, 1)) and words[0] in message_ids
            }


class PostfixLog:
    """Postfix's mail log, the one before it too: taken into the queue is taken, whatever becomes of it afterwards is told by a
    bounce."""

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]:
        path = Path(settings.WEEKLY_EVIDENCE_AT)
        return {name for each in (path.with_name(f"{path.name}.1"), path) if each.exists() for name in _queued(each, message_ids)}


class MailgunEvents:
    """Mailgun's list of events; `WEEKLY_EVIDENCE_AT` is `https://api:<key>@api.mailgun.net/v3/<domain>`."""

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]:
        return {name for name in message_ids if self._knows(name)}

    def _knows(self, message_id: str) -> bool:
        url = urlsplit(settings.WEEKLY_EVIDENCE_AT)
        place = f"{url.scheme}://{url.hostname}{f':{url.port}' if url.port else ''}{url.path}/events"
        request = urllib.request.Request(f"{place}?event=accepted&message-id={quote(message_id.strip('<>'))}")  # noqa: S310
        key = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {key}")
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - the address is the operator's own
            return bool(json.load(answer).get("items"))


def _queued(path: Path, message_ids: Collection[str]) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        yield from (found[2] for found in _found(lines) if found[2] in message_ids)


def _found(lines: Iterable[str]) -> Iterator[re.Match[str]]:
    return (found for line in lines if (found := _MESSAGE_ID.search(line)))
