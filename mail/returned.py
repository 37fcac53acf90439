"""What pages say about mail that does not arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count

from mail.models import Address, MailEvent, Pool, SessionLog, Suppression
from mail.suppressions import suppressed, why_suppressed

NEWEST: Final = 100
CONNECTIONS: Final = 20
_SENT_FOR: Final = {"critical": "Mail about accounts", "notify": "Mail about notices", "digest": "The weekly"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last thing that was told of mail to an address. `stopped`: nothing is written to it any more."""

    address: Address
    event: MailEvent
    stopped: bool


def trouble_with(account: int, *, at: datetime) -> Trouble | None:
    """Why mail to this person's address does not arrive; None where nothing is known, or where it was put right since."""
    address = Address.objects.filter(account=account).first()
    last = MailEvent.objects.filter(address=address).latest_first().first() if address else None
    if address is None or last is None or last.kind == MailEvent.Kind.AGAIN:
        return None
    stopped = why_suppressed(address.email) is not None
    if not stopped and last.at < at - timedelta(days=settings.SOFT_BOUNCE_DAYS):
        return None
    return Trouble(address, last, stopped)


def troubles() -> list[Trouble]:
    """The NEWEST addresses that mail came back from, the latest first, as long as nobody said that they work again. Two
    statements."""
    last = MailEvent.objects.exclude(address=None).order_by("address", "-at", "-pk").distinct("address").values("pk")
    rows = MailEvent.objects.trouble().filter(pk__in=last).select_related("address__account").latest_first()[:NEWEST]
    events = [(event.address, event) for event in rows if event.address is not None]
    stopped = suppressed((address.email for address, _ in events), scope="all")
    return [Trouble(address, event, address.email in stopped) for address, event in events]


def resting_pools(*, at: datetime) -> list[tuple[str, Pool]]:
    """What waits because the mail server put off too much of it, in words, and the row that says until when. One statement."""
    return [(_SENT_FOR.get(pool.name, pool.name), pool) for pool in Pool.objects.paused(at)]


def recent_connections(pool: str) -> list[SessionLog]:
    """The last CONNECTIONS of a pool to its mail servers, the latest first. One statement."""
    return list(SessionLog.objects.filter(pool=pool).latest_first()[:CONNECTIONS])


def suppressions_by_reason() -> list[tuple[str, str, int]]:
    """(reason, scope, how many addresses), the most first. Whose they are cannot be read from the rows."""
    counted = Suppression.objects.values_list("reason", "scope").annotate(many=Count("pk")).order_by("-many", "reason", "scope")
    return [(Suppression.Reason(reason).label, scope, many) for reason, scope, many in counted]
