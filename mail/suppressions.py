"""Who must not be written to."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from mail.mailboxes import mailbox_of
from mail.models import Suppression


def address_hmac(email: str) -> bytes:
    """HMAC-SHA256(ADDRESS_KEY, lower-case address), 32 bytes."""
    return hmac.digest(settings.ADDRESS_KEY, email.strip().lower().encode(), hashlib.sha256)


def suppress(email: str, *, scope: str, reason: str, at: datetime) -> None:
    """Never write to this address again within `scope` (a stream, or `all`), nor to another one that certainly reaches the same
    mailbox. Safe to call twice."""
    for digest in _hmacs(email):
        Suppression.objects.get_or_create(address_hmac=digest, scope=scope, defaults={"reason": reason, "at": at})


def lift(email: str, *, scope: str) -> None:
    """The owner of the address asked for mail again, and proved to be its owner."""
    Suppression.objects.filter(address_hmac__in=_hmacs(email), scope=scope).delete()


def why_suppressed(email: str) -> str | None:
    """The reason (Suppression.Reason) for which this address is written to in no scope at all; None where it is."""
    found = Suppression.objects.filter(address_hmac__in=_hmacs(email), scope="all").order_by("at", "pk")
    return found.values_list("reason", flat=True).first()


def suppressed(emails: Iterable[str], *, scope: str) -> set[str]:
    """Those of the addresses that may not be written to in this scope (or at all), in one statement."""
    by_hmac: dict[bytes, list[str]] = {}
    for email in emails:
        for digest in _hmacs(email):
            by_hmac.setdefault(digest, []).append(email)
    found = Suppression.objects.filter(address_hmac__in=list(by_hmac), scope__in=[scope, "all"]).values_list(
        "address_hmac", flat=True
    )
    return {email for digest in found for email in by_hmac[bytes(digest)]}


def _hmacs(email: str) -> list[bytes]:
    """Of the address, and of the plainest one of its mailbox where that is another (dots at Gmail)."""
    return [address_hmac(each) for each in dict.fromkeys((email.strip().lower(), mailbox_of(email)))]
