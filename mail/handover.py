"""Moves rows of any `HandOver` table from waiting to accepted, one intent at a time.

Used by the outbox and by the weekly. Each function is safe to call twice and in parallel: a row is only moved by who holds its
claim, and that is tested in the statement that moves it.
"""

import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from mail.models import HandOver
from mail.models.handover import HandOverQuerySet
from mail.session import Outcome, SmtpSession

Row = TypeVar("Row", bound=HandOver)
Clock = Callable[[], datetime]

BACK_OFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
NO_CONNECTION = timedelta(seconds=30)
MOST_ATTEMPTS = len(BACK_OFF)
LEASE = timedelta(minutes=12)  # longer than the ten minutes that a server may take over the final reply


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes and envelope of one message."""

    sender: str
    recipient: str
    data: bytes
    message_id: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Not to be sent after all: `state` is `cancelled` or `suppressed`."""

    state: str
    reason: str


def claim(rows: "HandOverQuerySet", *, at: datetime, limit: int, lease: timedelta = LEASE) -> list[Any]:
    """Take up to `limit` due rows for ourselves until `at + lease`; other workers' rows are passed over."""
    token = uuid.uuid4()
    with transaction.atomic():
        taken = list(rows.due(at).select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:limit])
        rows.model._default_manager.filter(pk__in=[row.pk for row in taken]).update(
            state=HandOver.State.CLAIMED, claim_token=token, lease_until=at + lease
        )
    for row in taken:
        row.state, row.claim_token, row.lease_until = HandOver.State.CLAIMED, token, at + lease
    return taken


def hand_over(
    rows: Iterable[Row], *, prepare: Callable[[Row], Parcel | Withheld], session: SmtpSession, clock: Clock
) -> list[tuple[Row, Outcome | Withheld]]:
    """Send claimed rows one by one: intent committed, message, outcome committed. Returns what became of each that was ours."""
    told: list[tuple[Row, Outcome | Withheld]] = []
    queue = list(rows)
    while queue:
        row = queue.pop(0)
        with _one_bad_row_holds_up_no_other(row, queue, clock=clock):
            parcel = prepare(row)
        if isinstance(parcel, Withheld):
            if _move(row, "claimed", state=parcel.state, reason=parcel.reason[:200], lease_until=None):
                told.append((row, parcel))
            continue
        if not _begin(row, parcel, at=clock()):
            continue
        outcome = session.send(sender=parcel.sender, recipient=parcel.recipient, data=parcel.data)
        _settle(row, outcome, at=clock())
        told.append((row, outcome))
        if outcome.fate == "not_started":
            release(queue)  # the server is away: the others wait for the next tick instead of failing one by one
            break
    return told


@contextmanager
def _one_bad_row_holds_up_no_other(row: Row, others: Sequence[Row], *, clock: Clock) -> Iterator[None]:
    """Whatever `prepare` raises passes through, for the log; but its row waits longer each time and ends at last, and the others
    are free for the next tick."""
    written = False
    try:
        yield
        written = True
    finally:
        if not written:
            at, over = clock(), row.attempts + 1 > MOST_ATTEMPTS
            _move(
                row, "claimed", state="failed" if over else "deferred", reason="it could not be written", lease_until=None,
                attempts=F("attempts") + 1, next_attempt_at=None if over else at + _wait(row.attempts),
            )  # fmt: skip
            release(others)


def release(rows: Sequence[Row]) -> None:
    """Put claimed rows back that will not be begun now."""
    for row in rows:
        _move(row, "claimed", state="pending", claim_token=None, lease_until=None)


def sweep(rows: "HandOverQuerySet", *, at: datetime, expire_after: timedelta = timedelta(hours=36)) -> dict[str, int]:
    """Free what a dead worker held and end what waited too long. A claim that never began waits again; a message that had
    begun is `uncertain` and is never sent again blindly. Returns how many of each."""
    lost = rows.lease_ran_out(at)
    return {
        "freed": lost.filter(state="claimed").update(state="pending", claim_token=None, lease_until=None),
        "uncertain": lost.filter(state="sending").update(
            state="uncertain", reason="the worker ended while the message was on its way", lease_until=None
        ),
        "expired": rows.filter(state__in=["pending", "deferred"])
        .filter(first_attempt_at__lt=at - expire_after)
        .update(state="expired", reason="not accepted within the time allowed", lease_until=None),
    }


def _begin(row: Row, parcel: Parcel, *, at: datetime) -> bool:
    """Commit the intent. False: the lease ran out or somebody else owns the row; then nothing is sent."""
    ours = type(row)._default_manager.filter(pk=row.pk, state="claimed", claim_token=row.claim_token, lease_until__gt=at)
    changed = ours.update(
        state=HandOver.State.SENDING,
        attempts=F("attempts") + 1,
        message_id=parcel.message_id,
        first_attempt_at=Coalesce("first_attempt_at", at),
    )
    return bool(changed)


def _settle(row: Row, outcome: Outcome, *, at: datetime) -> None:
    told: dict[str, Any] = {
        "smtp_code": outcome.code,
        "enh_code": outcome.enhanced_code,
        "reply": outcome.reply[:500],
        "lease_until": None,
    }
    if outcome.fate == "accepted":
        _move(row, "sending", state="accepted", accepted_at=at, reason="", next_attempt_at=None, **told)
    elif outcome.fate == "uncertain":
        _move(row, "sending", state="uncertain", reason="no answer after the message was handed over", **told)
    elif outcome.fate == "failed":
        _move(row, "sending", state="failed", reason=f"refused with {outcome.code}", **told)
    elif row.attempts + 1 > MOST_ATTEMPTS and outcome.fate != "not_started":
        _move(row, "sending", state="expired", reason="put off too often", **told)
    else:
        wait = NO_CONNECTION if outcome.fate == "not_started" else _wait(row.attempts)
        _move(row, "sending", state="deferred", reason="put off", next_attempt_at=at + wait, **told)


def _wait(attempts: int) -> timedelta:
    """The longer the more often it was tried; spread by a fifth, so that a crowd does not come back at once."""
    return BACK_OFF[min(attempts, len(BACK_OFF) - 1)] * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, hides nothing


def _move(row: Row, from_state: str, **changes: Any) -> bool:
    """One committed UPDATE that holds only for who owns the claim."""
    ours = type(row)._default_manager.filter(pk=row.pk, state=from_state, claim_token=row.claim_token)
    return bool(ours.update(**changes))


def settled(rows: Sequence[tuple[Row, Outcome | Withheld]], fate: str) -> list[Row]:
    """Those whose message had this fate."""
    return [row for row, outcome in rows if isinstance(outcome, Outcome) and outcome.fate == fate]
