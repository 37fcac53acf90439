"""Deliveries of which nobody knows whether they arrived: looked for by name, and sent once more only where they are not found."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.db.models.query import QuerySet

from digest.evidence import evidence
from digest.models import Delivery, Run

FOUND: Final = "found at the mail server"
MISSING: Final = "not found at the mail server, also after a second attempt"
BATCH: Final = 1_000


def reconcile_uncertain(*, at: datetime) -> dict[str, int]:
    """Ask the mail server for every uncertain delivery. Found: accepted. Not found in the time that a queue may take
    (settings.WEEKLY_DOUBT_MINUTES): sent once more, under the same Message-ID. Not found after that either: it stays uncertain.
    Where nobody can be asked, nothing is ever sent again. Returns how many of each. Safe to call twice and in parallel."""
    told = {"found": 0, "resent": 0}
    server = evidence()
    if server is None:
        return told
    Delivery.objects.uncertain().filter(doubted_at=None).update(doubted_at=at)
    asked = Delivery.objects.uncertain().filter(message_id__isnull=False).exclude(reason=MISSING).order_by("pk")
    rows = dict(asked.values_list("message_id", "pk")[:BATCH])
    if not rows:
        return told
    oldest = at - timedelta(hours=settings.WEEKLY_EXPIRES_HOURS)
    found = {rows[name] for name in server.accepted(rows.keys(), since=oldest)}
    told["found"] = Delivery.objects.uncertain().filter(pk__in=found).update(state="accepted", reason=FOUND, accepted_at=at)
    late = Delivery.objects.uncertain().filter(pk__in=set(rows.values()) - found, doubted_at__lte=at - _patience())
    told["resent"] = late.filter(resent_at=None, run__state__in=Run.UNDER_WAY).update(
        state="pending", reason="", resent_at=at, doubted_at=None, claim_token=None, lease_until=None, next_attempt_at=None
    )
    late.filter(Q(resent_at__isnull=False)).update(reason=MISSING)
    return told


def in_doubt(run: Run, *, at: datetime) -> "QuerySet[Delivery]":
    """Uncertain deliveries of which something may still be found out; none where nobody can be asked."""
    rows: QuerySet[Delivery] = Delivery.objects.uncertain().filter(run=run).exclude(reason=MISSING)
    return rows if settings.WEEKLY_EVIDENCE else rows.none()


def _patience() -> timedelta:
    return timedelta(minutes=settings.WEEKLY_DOUBT_MINUTES) / settings.SPEED
