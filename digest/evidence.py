"""What a mail server says that it took: asked by Message-ID about deliveries of which we do not know (settings.WEEKLY_EVIDENCE).

Whatever class is named there answers one question, so that a log, a provider and the record of a drill are asked alike.
"""

import base64
import json
import urllib.request
from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime
from http.client import HTTPException
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from common.doors import open_door
from digest.postfix import taken_in

_TIMEOUT: Final = 10
_MOST_PAGES: Final = 20
_PACKED: Final = frozenset({".gz", ".bz2", ".xz", ".zst"})


class Evidence(Protocol):
    """Of these Message-IDs (with their angles) those that the server took since a moment. Raises OSError where it cannot be
    asked now; then nothing is decided. `at_once`: so many may be asked about in one tick."""

    at_once: int

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]: ...


def evidence() -> Evidence | None:
    """What settings.WEEKLY_EVIDENCE names; None where uncertain deliveries are left to a person."""
    found: Evidence | None = open_door(settings.WEEKLY_EVIDENCE) if settings.WEEKLY_EVIDENCE else None
    return found


class Record:
    """A file with a Message-ID at the start of each line, written as each message is taken."""

    at_once = 1_000

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]:
        with Path(settings.WEEKLY_EVIDENCE_AT).open(encoding="ascii", errors="replace") as lines:
            return {
                words[0] for line in lines if line.endswith("\n") and (words := line.split(None, 1)) and words[0] in message_ids
            }


class PostfixLog:
    """Postfix's mail log and the one before it (`mail.log.1`, or `mail.log-…`): what the queue took is taken, and a bounce
    tells what becomes of it afterwards. Where there is no log, nobody can be asked."""

    at_once = 1_000

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]:
        path = Path(settings.WEEKLY_EVIDENCE_AT)
        dated = sorted(
            each for each in path.parent.glob(f"{path.name}-*") if not each.name.endswith((".gz", ".xz", ".zst", ".bz2"))
        )
        before = [each for each in (*dated[-1:], path.with_name(f"{path.name}.1")) if each.exists()]
        with ExitStack() as open_files:
            logs = [open_files.enter_context(each.open(encoding="utf-8", errors="replace")) for each in (*before, path)]
            return set(taken_in(chain.from_iterable(logs), message_ids))


class MailgunEvents:
    """Mailgun's list of events; `WEEKLY_EVIDENCE_AT` is `https://api:<key>@api.mailgun.net/v3/<domain>`."""

    at_once = 100
    """A request or two each, and a tick has a minute."""

    def accepted(self, message_ids: Collection[str], *, since: datetime) -> set[str]:
        return {name for name in message_ids if self._knows(name, since=since)}

    def _knows(self, message_id: str, *, since: datetime) -> bool:
        bare = message_id.strip("<>")
        asked = {"event": "accepted", "message-id": bare, "begin": int(since.timestamp()), "ascending": "yes", "limit": 300}
        path = f"{urlsplit(settings.WEEKLY_EVIDENCE_AT).path}/events?{urlencode(asked)}"
        for _ in range(_MOST_PAGES):
            page = self._page(path)
            items = page.get("items") or []
            if any(item.get("message", {}).get("headers", {}).get("message-id") == bare for item in items):
                return True
            further = urlsplit(page.get("paging", {}).get("next") or "")
            if not items or not further.path:
                return False
            path = further._replace(scheme="", netloc="").geturl()
        raise OSError("the list of events does not end")

    def _page(self, path: str) -> dict[str, Any]:
        """A page of the list, from our own server whatever the page before named: the key goes nowhere else."""
        url = urlsplit(settings.WEEKLY_EVIDENCE_AT)
        server = f"{url.scheme}://{url.hostname}{f':{url.port}' if url.port else ''}"
        request = urllib.request.Request(f"{server}{path}")  # noqa: S310
        key = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {key}")
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - the address is the operator's own
                page = json.load(answer)
        except (ValueError, HTTPException) as error:
            raise OSError(f"no list of events: {type(error).__name__}") from error
        if not isinstance(page, dict):
            raise OSError("no list of events")
        return page
