"""Deliveries of which nobody knows whether they arrived: looked for by name, and sent once more only where they are not found.
Where nobody can be asked, or in vain, a person decides."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.query import QuerySet

from accounts.models import User
from common import audit
from common.errors import DomainError
from digest.actions.runs import RunIsOver
from digest.evidence import evidence
from digest.models import Delivery, Run
from digest.permissions import can_edit_weekly
from mail.doubts import ARRIVED, NotInDoubt
from mail.messages import message_id

FOUND: Final = "found at the mail server"
MISSING: Final = "not found at the mail server, also after a second attempt"
GIVEN_UP: Final = "not found at the mail server, and the run is over"
LOOKED_FOR: Final = (MISSING, GIVEN_UP)
"""Of these nothing more will be found out."""

_AGAIN: Final[dict[str, Any]] = {
    "state": "pending", "reason": "", "doubted_at": None, "claim_token": None, "lease_until": None, "next_attempt_at": None,
}  # fmt: skip

log = logging.getLogger(__name__)


class TooOldToSend(DomainError):
    def __init__(self) -> None:
        super().__init__("This edition is too old to be sent again.")


def reconcile_uncertain(*, at: datetime) -> dict[str, int]:
    """Ask the mail server for every uncertain delivery. Found: accepted. Not found in the time that a queue may take
    (settings.WEEKLY_DOUBT_MINUTES): sent once more, under the same Message-ID. Begun twice and not found after that either: it
    stays uncertain; one that a crash of the database took from its sender before the second attempt began has it still. Where
    nobody can be asked, nothing is ever sent again. Returns how many of each. Safe to call twice and in parallel."""
    told = {"found": 0, "resent": 0}
    server = evidence()
    if server is None:
        return told
    Delivery.objects.uncertain().filter(doubted_at=None).update(doubted_at=at)
    asked = Delivery.objects.uncertain().exclude(reason__in=LOOKED_FOR).order_by("pk")
    rows = {_name(row): row for row in asked.only("run_id", "message_id")[: server.at_once]}
    if not rows:
        return told
    oldest = at - timedelta(hours=settings.WEEKLY_EXPIRES_HOURS)
    try:
        names = server.accepted(rows.keys(), since=oldest)
    except OSError as error:
        log.warning("The mail server cannot be asked what it took: %s", type(error).__name__)
        return told
    for name in names:
        if rows[name].message_id is None:
            Delivery.objects.filter(pk=rows[name].pk, message_id=None).update(message_id=name)
    found = {rows[name].pk for name in names}
    told["found"] = Delivery.objects.uncertain().filter(pk__in=found).update(state="accepted", reason=FOUND, accepted_at=at)
    late = Delivery.objects.uncertain().filter(pk__in={row.pk for row in rows.values()} - found, doubted_at__lte=at - _patience())
    not_twice = Q(resent_at=None) | Q(attempts__lt=2)
    told["resent"] = late.filter(not_twice, run__state__in=Run.UNDER_WAY).update(**_AGAIN | {"resent_at": at})
    late.filter(resent_at=None).update(reason=GIVEN_UP)
    late.filter(resent_at__isnull=False).update(reason=MISSING)
    return told


@transaction.atomic
def settle_delivery_in_doubt(row: Delivery, *, arrived: bool, by: User, at: datetime) -> None:
    """An editor has looked for it at the mail server: it counts as arrived, or goes out once more by the same Message-ID, where
    the edition is still worth sending. The run is settled anew. Raises NotInDoubt, RunIsOver, TooOldToSend."""
    can_edit_weekly(by).enforce()
    run = Run.objects.select_for_update().get(pk=row.run_id)
    if not arrived and run.state == Run.State.ABORTED:
        raise RunIsOver
    if not arrived and at - run.made_at > timedelta(hours=settings.WEEKLY_EXPIRES_HOURS):
        raise TooOldToSend
    if arrived:
        changes: dict[str, Any] = {"state": "accepted", "reason": ARRIVED, "accepted_at": at}
    else:
        changes = _AGAIN | {"resent_at": at}
    if not Delivery.objects.uncertain().filter(pk=row.pk).update(**changes):
        raise NotInDoubt
    Run.objects.filter(pk=run.pk, state=Run.State.DONE).update(state=Run.State.SENDING, done_at=None)
    audit.record("delivery.settle_doubt", subject=("delivery", row.pk), by=by.pk, at=at, arrived=arrived)


def left_to_a_person(run: Run) -> "QuerySet[Delivery]":
    """What nothing more will be found out about by itself."""
    rows = Delivery.objects.uncertain().filter(run=run).order_by("pk")
    return rows.filter(reason__in=LOOKED_FOR) if settings.WEEKLY_EVIDENCE else rows


def in_doubt(run: Run, *, at: datetime) -> "QuerySet[Delivery]":
    """Uncertain deliveries of which something may still be found out; none where nobody can be asked."""
    rows: QuerySet[Delivery] = Delivery.objects.uncertain().filter(run=run).exclude(reason__in=LOOKED_FOR)
    return rows if settings.WEEKLY_EVIDENCE else rows.none()


def _name(row: Delivery) -> str:
    """Under which it goes out, also where the mark that says so was lost with the database."""
    return row.message_id or message_id(f"d.{row.run_id}", row.pk)


def _patience() -> timedelta:
    return timedelta(minutes=settings.WEEKLY_DOUBT_MINUTES) / settings.SPEED
