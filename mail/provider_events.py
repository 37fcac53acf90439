"""What a provider's webhook tells of our mail: it came back, or its reader calls it unwanted.

django-anymail reads each provider's way of saying so and proves who says it (settings.MAIL_EVENTS_WAY names its class); what
follows is the same as for a report that came as a mail (mail/bounces.py).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from mail.bounces import GOOD_FOR, count_as_taken, message_named, newest_message_to, note_trouble
from mail.reports import Verdict, verdict

_MOST_EVENTS: Final = 1_000
_MOST_NAMES: Final = 5
_RETURNED: Final = frozenset({"bounced", "rejected", "failed"})
_TAKEN: Final = frozenset({"queued", "sent", "delivered", "deferred"})
"""No trouble, and evidence that the provider has the message."""


class ProviderEvents:
    """One provider's webhook, as anymail reads it."""

    def __init__(self, way: str) -> None:
        self._view: Any = import_string(way)()
        self.provider: str = str(self._view.esp_name).lower()[:40]

    @property
    def is_proven(self) -> bool:
        """Whether anything proves who calls. Some providers sign; of the others a name and a password are wanted."""
        return bool(settings.ANYMAIL.get("WEBHOOK_SECRET")) or not self._view.warn_if_no_basic_auth

    def events_of(self, request: HttpRequest) -> list[Any]:
        """Raises anymail's AnymailWebhookValidationFailure where somebody else calls; ValueError, KeyError, TypeError where the
        request is not what the provider writes."""
        self._view.run_validators(request)
        return list(self._view.parse_events(request))[:_MOST_EVENTS]


def take_events(events: Iterable[Any], *, provider: str, at: datetime) -> int:
    """Note the trouble in what was told. An event counts only where it is about a message of ours of the last days, and each
    message once, also where a mail told the same. Returns how many were about one. Safe to call twice."""
    return sum(_take(event, provider=provider, at=at) for event in events)


def _take(event: Any, *, provider: str, at: datetime) -> bool:
    told = verdict_on(event)
    recipient = str(event.recipient or "").strip().lower()
    if not recipient or (told is None and event.event_type not in _TAKEN):
        return False
    sent = next((found for name in _names(event) if (found := message_named(name))), None)
    is_by_name = sent is not None
    if sent is not None:
        count_as_taken(*sent, at=at)
    if told is None:
        return False
    what, code = told
    if sent is None:
        sent = newest_message_to(recipient, since=at - GOOD_FOR)
    since = sent and (sent[1].accepted_at or sent[1].first_attempt_at)
    if sent is None or since is None or at - since > GOOD_FOR:
        return False
    kind, row = sent
    address = row.address  # type: ignore[attr-defined]
    if what == "hard" and address.email != recipient:
        what = "soft"  # somebody along the way forwards to it; the mailbox that we write to may be there
    names = (f"{kind}.{row.pk}", "report") if is_by_name else (f"{what}.{_own_name(event, recipient)}", provider)
    note_trouble(address, what=what, event_id=names[0], provider=names[1], code=code, message_id=row.message_id or "", at=at)
    return True


def verdict_on(event: Any) -> tuple[Verdict, str] | None:
    """What an event says of its recipient; None where nothing bad, or nothing yet. Hard only by a code that says so, or where the
    provider calls the address none."""
    kind, reason = str(event.event_type), str(event.reject_reason or "")
    if kind == "complained" or (kind in _RETURNED and reason == "spam"):
        return "complaint", ""
    if kind not in _RETURNED:
        return None
    if reason == "invalid":
        return "hard", "5.1.3"
    found, code = verdict("", str(event.mta_response or event.description or "")[:2_000])
    return found, code


def _names(event: Any) -> Iterator[str]:
    """Message-IDs of ours in what the provider told: each calls the field otherwise, and some give only a name of their own."""
    told = f"{event.message_id or ''} {json.dumps(event.esp_event, default=str)[:100_000]}"
    ours = re.compile(r"<?([!-;=?-~]{1,150}@" + re.escape(settings.MAIL_DOMAIN) + r")>?", re.ASCII)
    found = dict.fromkeys(f"<{each.rpartition(chr(34))[2]}>" for each in ours.findall(told))
    yield from list(found)[:_MOST_NAMES]


def _own_name(event: Any, recipient: str) -> str:
    """The event's name with the provider, else what it says."""
    if event.event_id:
        return str(event.event_id)[:150]
    return hashlib.sha256(f"{recipient} {event.event_type} {event.timestamp}".encode()).hexdigest()
