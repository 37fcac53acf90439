"""A run from planned to sending: every step may be started twice or die half-way, and starting again gives the same rows."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef

from accounts.models import User
from common import audit
from common.errors import DomainError
from digest.actions.unsent import let_go
from digest.balance import trouble_of
from digest.calendar import next_slot, slot_in_term
from digest.models import Delivery, Edition, Run, Subscription
from digest.permissions import can_edit_weekly
from digest.slowing import LAST, MONTHLY, STOPPED
from mail.mailboxes import DOTLESS
from mail.pools import resume_pool

POOL: Final = "digest"
RANGE = 20_000
"""Addresses per INSERT … SELECT: long enough to be fast, short enough to hold no lock for long."""
AT_ONCE: Final = 2
A_MONTH: Final = timedelta(weeks=3)
"""Beyond the week that everybody waits."""
NO_WAIT: Final = timedelta(0)

_MATERIALISE = """
INSERT INTO digest_delivery
    (run_id, edition_id, subscription_id, address_id, state, reason, attempts, enh_code, reply, pool)
SELECT %(run)s, %(edition)s, s.id, s.address_id,
    CASE WHEN told.reason = '' THEN 'pending' ELSE 'suppressed' END, told.reason, 0, '', '', 'digest'
FROM digest_subscription s
JOIN mail_address a ON a.id = s.address_id
LEFT JOIN accounts_user u ON u.id = a.account_id
CROSS JOIN LATERAL (SELECT CASE
    WHEN s.paused_until > %(slot)s THEN 'paused by the reader'
    WHEN a.state = 'dead' THEN 'there is no such mailbox'
    WHEN NOT COALESCE(u.is_active, true) THEN 'the account is closed'
    ELSE '' END AS reason) told
WHERE s.stream = %(stream)s AND s.state = 'active' AND s.pace <> 'stopped' AND s.next_due_at = %(slot)s
    AND s.address_id >= %(first)s AND s.address_id < %(last)s
ORDER BY s.address_id
ON CONFLICT DO NOTHING
"""

_ONCE_A_MAILBOX = """
WITH theirs AS (
    SELECT d.id, row_number() OVER (
        PARTITION BY replace(split_part(split_part(a.email, '@', 1), '+', 1), '.', '') ORDER BY d.state = 'pending', d.id
    ) AS place
    FROM digest_delivery d JOIN mail_address a ON a.id = d.address_id
    WHERE d.edition_id = %(edition)s AND d.state NOT IN ('suppressed', 'cancelled', 'failed', 'expired')
        AND split_part(a.email, '@', 2) = ANY(%(dotless)s)
)
UPDATE digest_delivery SET state = 'suppressed', reason = %(reason)s
FROM theirs WHERE theirs.id = digest_delivery.id AND place > 1 AND run_id = %(run)s AND state = 'pending'
"""
SAME_MAILBOX: Final = "the same mailbox gets it at another spelling of its address"


class RunIsOver(DomainError):
    def __init__(self) -> None:
        super().__init__("This run is over.")


def plan_runs(*, at: datetime) -> list[Run]:
    """A run for each stream and instant at which somebody is due. Who becomes due at an instant whose run has gone by opens it
    again; one that was ended stays so, and they wait for the next week."""
    planned = []
    due = Subscription.objects.due(at).order_by("next_due_at", "stream").values_list("next_due_at", "stream").distinct()
    for slot, stream in due:
        edition = _edition_for(slot, stream)
        if edition is None:
            continue
        run, made = Run.objects.get_or_create(edition=edition, slot=slot, defaults={"made_at": at})
        if not made and run.state in (Run.State.RENDERING, Run.State.SENDING, Run.State.DRAINING, Run.State.DONE):
            Run.objects.filter(pk=run.pk, state=run.state).update(state=Run.State.PLANNED, done_at=None)
        if run.state == Run.State.ABORTED:
            _pass_over(run)
            continue
        planned.append(run)
    return planned


def materialise(run: Run) -> int:
    """A row for everybody due, with a reason where nothing will be sent; then the subscriptions wait for the next week. Returns
    the number of candidates, frozen from here on."""
    Run.objects.filter(pk=run.pk, state=Run.State.PLANNED).update(state=Run.State.MATERIALISING)
    candidates = _make_rows(run)
    Run.objects.filter(pk=run.pk, state=Run.State.MATERIALISING).update(
        state=Run.State.RENDERING, counts={"candidates": candidates}
    )
    if Run.objects.filter(pk=run.pk, state=Run.State.ABORTED).exists():  # by an editor, while rows were made
        _cancel(run, candidates)
    return candidates


@transaction.atomic
def pause_run(run: Run, *, by: User, at: datetime) -> None:
    """Stop before the next letter. What is on its way arrives."""
    _turn(run, Run.State.PAUSED, from_states=Run.GOING_OUT, verb="run.pause", by=by, at=at)
    let_go(run)


@transaction.atomic
def resume_run(run: Run, *, by: User, at: datetime) -> None:
    """Go on with a paused run, exactly where it stood; one that stopped by itself goes on to everybody, and what it was stopped
    for is not held against it again. Raises RunIsOver where it is not paused."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    held = bool(run.held_because)
    to = Run.State.CANARY if run.paused_from == Run.State.CANARY and not held else Run.State.SENDING
    known: dict[str, Any] = {"overlooked": _known(run), "held_because": ""} if held else {}
    _turn(run, to, from_states=("paused",), verb="run.resume", by=by, at=at, **known)
    resume_pool(POOL)


@transaction.atomic
def abort_run(run: Run, *, by: User, at: datetime) -> int:
    """End a run: what has not begun is cancelled, told as such, and never sent. Returns how many."""
    _turn(run, Run.State.ABORTED, from_states=Run.UNDER_WAY, verb="run.abort", by=by, at=at)
    return _cancel_waiting(run)


def _turn(run: Run, state: str, *, from_states: tuple[str, ...], verb: str, by: User, at: datetime, **changes: Any) -> None:
    can_edit_weekly(by).enforce()
    locked = Run.objects.select_for_update().get(pk=run.pk)
    changes = {"paused_from": locked.state} | changes if state == Run.State.PAUSED else changes
    if not Run.objects.filter(pk=run.pk, state__in=from_states).update(state=state, **changes):
        raise RunIsOver
    audit.record(verb, subject=("run", run.pk), by=by.pk, at=at)


def _known(run: Run) -> dict[str, int]:
    """All the trouble so far."""
    run.overlooked = None
    return asdict(trouble_of(run))


def _edition_for(slot: datetime, stream: str) -> Edition | None:
    """The edition of a stream that is out at that instant; after an outage, for want of one, the newest. None where the one
    of that instant waits for an editor: its readers wait with it."""
    if Edition.objects.draft().filter(stream=stream, cut_off__lte=slot).exists():
        return None
    cut = Edition.objects.cut().filter(stream=stream).newest_first()
    found: Edition | None = cut.filter(cut_off__lte=slot).first() or cut.first()
    return found


def _make_rows(run: Run) -> int:
    due = Subscription.objects.active().filter(stream=run.edition.stream, next_due_at=run.slot)
    bounds = due.aggregate(first=Min("address_id"), last=Max("address_id"))
    if bounds["first"] is not None:
        _insert_ranges(run, range(bounds["first"], bounds["last"] + 1, RANGE))
        _once_a_mailbox(run)
    _wait_for_next_week(run)
    return Delivery.objects.filter(run=run).count()


def _pass_over(run: Run) -> None:
    """Who is due at the instant of a run that was ended: before its rows were made, or since."""
    _cancel(run, _make_rows(run))


def _cancel(run: Run, candidates: int) -> None:
    """Rows that came to a run after it was ended; they stand in its books."""
    _cancel_waiting(run)
    Run.objects.filter(pk=run.pk).update(counts={**run.counts, "candidates": candidates})


def _cancel_waiting(run: Run) -> int:
    """Whom it was to ask whether we should go on is asked another time."""
    waiting = Delivery.objects.filter(run=run, state__in=("pending", "deferred", "claimed"))
    Subscription.objects.filter(pk__in=waiting.values("subscription"), pace=STOPPED).update(pace=LAST)
    return waiting.update(state="cancelled", reason="the run was ended by the editors", claim_token=None, lease_until=None)


def _insert_ranges(run: Run, firsts: Sequence[int]) -> None:
    """Of a crowd two ranges at a time, each over a connection of its own: half of the time PostgreSQL looks up whom a row
    belongs to, for which it has another core. Where what they are made of is not committed yet, one after the other."""
    if len(firsts) == 1 or connection.in_atomic_block:
        for first in firsts:
            _insert_range(run, first)
        return

    def beside(first: int) -> None:
        try:
            _insert_range(run, first)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for done in [threads.submit(beside, first) for first in firsts]:
            done.result()


def _insert_range(run: Run, first: int) -> None:
    values: dict[str, int | str | datetime] = {
        "run": run.pk,
        "edition": run.edition_id,
        "slot": run.slot,
        "stream": run.edition.stream,
        "first": first,
        "last": first + RANGE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MATERIALISE, values)


def _once_a_mailbox(run: Run) -> None:
    """Whoever subscribed twice at one mailbox (`mailbox_of`), by two spellings of its address, gets one letter."""
    values: dict[str, Any] = {"edition": run.edition_id, "run": run.pk, "dotless": list(DOTLESS), "reason": SAME_MAILBOX}
    with connection.cursor() as cursor:
        cursor.execute(_ONCE_A_MAILBOX, values)


def _wait_for_next_week(run: Run) -> None:
    """Only who has a row for this edition: who came in between is found by the next tick. Who is written to once a month waits
    four weeks; who was asked for a sign gets nothing more until there is one. After an outage of weeks the next is the edition
    that is out, and not each of the weeks that had none."""
    served = Delivery.objects.filter(edition=run.edition_id, address=OuterRef("address_id"))
    stream, last = run.edition.stream, max(run.slot, run.edition.cut_off)
    done = Subscription.objects.active().filter(Exists(served), stream=stream, next_due_at=run.slot)
    done.filter(pace=LAST).update(pace=STOPPED)
    following = Edition.objects.cut().filter(stream=stream, cut_off__gt=run.edition.cut_off).order_by("cut_off").first()
    for weekday, hour, tz, pace in list(done.order_by().values_list("weekday", "local_hour", "tz", "pace").distinct()):
        theirs: dict[str, Any] = {"weekday": weekday, "hour": hour, "tz": tz, "stream": stream}
        due = next_slot(last + (A_MONTH if pace == MONTHLY else NO_WAIT), **theirs)
        if following is not None:
            due = max(due, slot_in_term(following.cut_off, **theirs))
        done.filter(weekday=weekday, local_hour=hour, tz=tz, pace=pace).update(next_due_at=due)
