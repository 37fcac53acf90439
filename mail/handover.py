"""Moves rows of any `HandOver` table from waiting to accepted, one intent at a time.

Used by the outbox and by the weekly. Each function is safe to call twice and in parallel: a row is only moved by who holds its
claim, and that is tested in the statement that moves it.

A claim is committed to the disk, once for many rows. The marks that follow, one a message, are not waited for
(`synchronous_commit=off`): they survive whatever happens to a worker, and only where PostgreSQL itself goes down can the last
of them be lost. So a claim from before it went down is never taken as "not begun" (`sweep`). When a claim was made stands in
its token.
"""

import random
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Generic, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.utils import Error as DatabaseError

from common.handwritten import Handwritten
from mail.models import HandOver
from mail.models.handover import HandOverQuerySet
from mail.pools import Leave, pause_pool, paused_until
from mail.session import Envelope, Outcome, SmtpSession
from mail.signatures import signer

Row = TypeVar("Row", bound=HandOver)
Clock = Callable[[], datetime]

BACK_OFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
NO_CONNECTION = timedelta(seconds=30)
MOST_ATTEMPTS = len(BACK_OFF)
LEASE = timedelta(seconds=60)
"""How long a claim lasts that nobody renews. `hand_over` renews its own, also while a server takes ten minutes over a reply."""
MANY: Final = 200
"""Rows to claim at a time; and so many answers, of which a pool that is put off in more than PUT_OFF of them rests."""
PUT_OFF: Final = 0.2
NO_ANSWER: Final = "no answer after the message was handed over"
MOST_IN_VAIN: Final = 3
"""Messages one after the other that came to nothing (no connection, no answer, no longer ours), after which the rest waits."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes and envelope of one message."""

    sender: str
    recipient: str
    data: bytes
    message_id: str

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.sender, self.recipient)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Not to be sent after all: `state` is `cancelled` or `suppressed`; not now, where it is `pending`."""

    state: str
    reason: str


def claim(rows: "HandOverQuerySet", *, at: datetime, limit: int, lease: timedelta = LEASE) -> list[Any]:
    """Take up to `limit` due rows for ourselves until `at + lease`; other workers' rows are passed over."""
    with transaction.atomic():
        token = _token_of(_database_now())
        taken = list(rows.due(at).select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:limit])
        rows.model._default_manager.filter(pk__in=[row.pk for row in taken]).update(
            state=HandOver.State.CLAIMED, claim_token=token, lease_until=at + lease
        )
    for row in taken:
        row.state, row.claim_token, row.lease_until = HandOver.State.CLAIMED, token, at + lease
    return taken


def hand_over(
    rows: Iterable[Row],
    *,
    prepare: Callable[[Row], Parcel | Withheld],
    session: SmtpSession,
    clock: Clock,
    lease: timedelta = LEASE,
    leave: Leave | None = None,
    until: datetime | None = None,
) -> list[tuple[Row, Outcome | Withheld]]:
    """Send claimed rows: the intent of each committed before its message, its outcome with the intent of the next. Returns what
    became of each that was ours; fewer than `rows` where the server is away, the session's pool rests, our lease ran out, or it
    is `until`: then the rest waits for whoever comes next, and nothing is cut off by the end of a worker.

    `prepare` of a row is called one message ahead of its turn. What it raises passes through, once the message before it is
    through."""
    queue = list(rows)
    if paused_until(session.pool, at=clock()):
        release(queue)
        return []
    belt = _Belt(queue, prepare=prepare, session=session, clock=clock, leave=leave or Leave(session.pool), until=until)
    with _lease_renewed(queue, lease=lease, clock=clock):
        return belt.run()


class _Belt(Generic[Row]):
    """The rows of one `hand_over`. `_accepted` is a message whose outcome will be committed with the next intent."""

    def __init__(
        self,
        rows: Sequence[Row],
        *,
        prepare: Callable[[Row], Parcel | Withheld],
        session: SmtpSession,
        clock: Clock,
        leave: Leave,
        until: datetime | None,
    ) -> None:
        self._queue, self._prepare, self._session, self._clock, self._leave = deque(rows), prepare, session, clock, leave
        self._until = until
        self._accepted: tuple[Row, Outcome, datetime] | None = None
        self._told: list[tuple[Row, Outcome | Withheld]] = []
        self._is_open, self._in_vain = False, 0

    def run(self) -> list[tuple[Row, Outcome | Withheld]]:
        try:
            current = self._next()
            while current is not None:
                current = self._turn(*current)
        finally:
            self._write_accepted()
            if self._is_open:
                self._session.close()
        return self._told

    def _turn(self, row: Row, parcel: Parcel) -> tuple[Row, Parcel] | None:
        """One message; returns the next, None at the end."""
        self._leave.wait(self._write_accepted)
        if not self._is_open:
            refused = self._session.open(parcel.envelope)
            if refused is not None:
                return self._next() if self._settle(row, refused, parcel, begun=False) else None
            self._is_open = True
        following: tuple[Row, Parcel] | None = None
        goes_on, refused = False, None
        try:
            following = self._next()
        finally:
            goes_on, refused = self._send(row, parcel, following)
        if following is not None and refused is not None:
            goes_on = self._settle(following[0], refused, following[1], begun=False) and goes_on
            following = self._next() if goes_on else None
        elif following is not None and not goes_on:
            release([following[0]])
        return following if goes_on else None

    def _send(self, row: Row, parcel: Parcel, following: tuple[Row, Parcel] | None) -> tuple[bool, Outcome | None]:
        """Intent, message, outcome. Whether to go on, and what the server has against the envelope of the next."""
        done, self._accepted = self._accepted, None
        if not _begin(row, parcel, done=done, at=self._clock()):
            self._session.close()
            self._is_open = False
            self._in_vain += 1
            return self._in_vain < MOST_IN_VAIN, None
        handed = self._session.finish(parcel.data, then=following[1].envelope if following else None)
        self._is_open = handed.is_open
        return self._settle(row, handed.outcome, parcel, begun=True), handed.refused

    def _settle(self, row: Row, outcome: Outcome, parcel: Parcel, *, begun: bool) -> bool:
        """Write an outcome down, or keep it for the next intent. False: the server is away, or the pool rests; then the others
        wait for the next tick instead of failing one by one."""
        at = self._clock()
        if outcome.fate == "accepted":
            self._accepted = (row, outcome, at)
            self._told.append((row, outcome))
        elif _settle(row, outcome, parcel, begun=begun, at=at):
            self._told.append((row, outcome))
        self._in_vain = self._in_vain + 1 if outcome.fate in {"not_started", "uncertain"} else 0
        is_over = (outcome.fate == "not_started" and self._session.is_away) or self._in_vain >= MOST_IN_VAIN
        if is_over or self._is_put_off_too_often(outcome, at=at):
            self._release()
            return False
        return True

    def _release(self) -> None:
        release(list(self._queue))
        self._queue.clear()

    def _next(self) -> tuple[Row, Parcel] | None:
        """The next row that has a message, with it. What has none after all is written down."""
        if self._until is not None and self._clock() >= self._until:
            self._release()
        while self._queue:
            row = self._queue.popleft()
            with _one_bad_row_holds_up_no_other(row, self._queue, clock=self._clock):
                parcel = self._prepare(row)
            if isinstance(parcel, Withheld):
                if _move(row, "claimed", state=parcel.state, reason=parcel.reason[:200], lease_until=None):
                    self._told.append((row, parcel))
                continue
            busy = self._leave.busy(parcel.recipient)
            if busy is None:
                return row, _signed(parcel)
            put_back = {"claim_token": None, "lease_until": None, "next_attempt_at": self._clock() + busy}
            if _move(row, "claimed", state="pending", **put_back):
                self._told.append((row, Withheld("pending", "its domain takes no more for now")))
        return None

    def _write_accepted(self) -> None:
        done, self._accepted = self._accepted, None
        if done is not None:
            _accept(*done)

    def _is_put_off_too_often(self, outcome: Outcome, *, at: datetime) -> bool:
        """Counted over what one session tried, `MANY` at a time."""
        session = self._session
        session.tried += outcome.code is not None
        session.put_off += outcome.fate == "deferred"
        if not session.pool or session.tried < MANY:
            return False
        share, session.tried, session.put_off = session.put_off / session.tried, 0, 0
        if share <= PUT_OFF:
            return False
        pause_pool(session.pool, reason=f"{share:.0%} of {MANY} messages were put off by the server", at=at)
        return True


@contextmanager
def _one_bad_row_holds_up_no_other(row: Row, others: Iterable[Row], *, clock: Clock) -> Iterator[None]:
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
            release(list(others))


def renew_leases(rows: "HandOverQuerySet", *, at: datetime, lease: timedelta) -> int:
    """Those of the claimed and begun rows whose lease has not run out are ours for longer. Waits for no row that somebody is
    just about to mark: the mark of a message locks two rows, and whoever waits for one of them while holding the other kills its
    sender (a deadlock). A row passed over has two more turns before its lease ends. Returns how many."""
    held = rows.filter(state__in=["claimed", "sending"], lease_until__gt=at)
    with transaction.atomic():
        mine = list(held.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        return int(rows.model._default_manager.filter(pk__in=mine).update(lease_until=at + lease))


@contextmanager
def _lease_renewed(rows: Sequence[Row], *, lease: timedelta, clock: Clock) -> Iterator[None]:
    """Our claim lasts as long as the block, however long a server takes. A thread of its own renews it, over a connection of its
    own; with its first error it ends, so that nothing is renewed across a restart of PostgreSQL."""
    tokens = {row.claim_token for row in rows}
    stop = threading.Event()
    every = lease.total_seconds() / 3

    def renew() -> None:
        try:
            while not stop.wait(every):
                renew_leases(type(rows[0])._default_manager.filter(claim_token__in=tokens), at=clock(), lease=lease)
        except DatabaseError:
            return
        finally:
            connection.close()

    if not tokens:
        yield
        return
    thread = threading.Thread(target=renew, name="renews the lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _signed(parcel: Parcel) -> Parcel:
    """With a DKIM signature, where we make them."""
    if not settings.DKIM_SELECTOR:
        return parcel
    return replace(parcel, data=signer(settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE).signed(parcel.data))


def release(rows: Sequence[Row]) -> None:
    """Put claimed rows back that will not be begun now."""
    for token in {row.claim_token for row in rows}:
        mine = [row.pk for row in rows if row.claim_token == token]
        ours = type(rows[0])._default_manager.filter(pk__in=mine, state="claimed", claim_token=token)
        ours.update(state="pending", claim_token=None, lease_until=None)


def sweep(rows: "HandOverQuerySet", *, at: datetime, expire_after: timedelta = timedelta(hours=36)) -> dict[str, int]:
    """Free what a dead worker held and end what waited too long. A claim that never began waits again, unless it is from before
    PostgreSQL went down; a message that had begun is `uncertain` and is never sent again blindly. Returns how many of each."""
    lost = rows.lease_ran_out(at)
    may_have_begun = Q(state="claimed", claim_token__lt=_token_of(_asked(_UP_SINCE), lowest=True))
    in_doubt = lost.filter(may_have_begun).update(
        state="uncertain", reason="the database went down while the message may have been on its way", lease_until=None
    )
    return {
        "freed": lost.filter(state="claimed").update(state="pending", claim_token=None, lease_until=None),
        "uncertain": in_doubt
        + lost.filter(state="sending").update(
            state="uncertain", reason="the worker ended while the message was on its way", lease_until=None
        ),
        "expired": rows.filter(state__in=["pending", "deferred"])
        .filter(first_attempt_at__lt=at - expire_after)
        .update(state="expired", reason="not accepted within the time allowed", lease_until=None),
    }


_UP_SINCE: Final = """
WITH kept AS (SELECT max(at) AS at FROM mail_up_since),
    new AS (INSERT INTO mail_up_since (at) SELECT clock_timestamp() FROM kept WHERE kept.at IS NULL RETURNING at)
SELECT GREATEST(pg_postmaster_start_time(), (SELECT at FROM kept), (SELECT at FROM new))
"""
"""Since when no committed mark can have been lost. PostgreSQL empties an unlogged table when it recovers from a crash, also from
that of a single backend, after which its start time stays as it was."""
_BEGIN: Final = """
UPDATE {table} SET state = 'sending', attempts = attempts + 1, message_id = %(name)s,
    first_attempt_at = COALESCE(first_attempt_at, %(at)s)
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for
WHERE id = %(row)s AND state = 'claimed' AND claim_token = %(token)s AND lease_until > %(at)s
RETURNING id
"""
_DONE: Final = """
WITH done AS (
    UPDATE {table} SET state = 'accepted', accepted_at = %(accepted_at)s, reason = '', next_attempt_at = NULL, lease_until = NULL,
        smtp_code = %(code)s, enh_code = %(enhanced)s, reply = %(reply)s
    WHERE id = %(before)s AND state = 'sending' AND claim_token = %(token)s
)
"""


@cache
def _statement(table: str, *, ends_another: bool) -> Handwritten:
    return Handwritten((_DONE + _BEGIN if ends_another else _BEGIN).format(table=table))


def _begin(row: Row, parcel: Parcel, *, done: tuple[Row, Outcome, datetime] | None, at: datetime) -> bool:
    """Commit the intent, and that the message before it was accepted, in one statement whose commit nobody waits for. False: the
    lease ran out or somebody else owns the row; then nothing is sent."""
    values: dict[str, Any] = {"name": parcel.message_id, "at": at, "row": row.pk, "token": row.claim_token}
    if done is not None and done[0].claim_token != row.claim_token:
        _accept(*done)
        done = None
    if done is not None:
        before, outcome, accepted_at = done
        values |= {"accepted_at": accepted_at, "code": outcome.code, "before": before.pk}
        values |= {"enhanced": outcome.enhanced_code, "reply": outcome.reply[:500]}
    statement = _statement(type(row)._meta.db_table, ends_another=done is not None)  # noqa: SLF001 - Django's own name for it
    return bool(statement.run(**values))


def _accept(row: Row, outcome: Outcome, at: datetime) -> None:
    _move(row, "sending", state="accepted", accepted_at=at, reason="", next_attempt_at=None, **_told(outcome))


def _settle(row: Row, outcome: Outcome, parcel: Parcel, *, begun: bool, at: datetime) -> bool:
    """What is not accepted. `begun`: its intent is committed; else the server refused its envelope before."""
    told, state = _told(outcome), "sending" if begun else "claimed"
    if not begun:
        told |= {"attempts": F("attempts") + 1, "message_id": parcel.message_id}
        told |= {"first_attempt_at": Coalesce("first_attempt_at", at)}
    if outcome.fate == "uncertain":
        return _move(row, state, state="uncertain", reason=NO_ANSWER, **told)
    if outcome.fate == "failed":
        return _move(row, state, state="failed", reason=f"refused with {outcome.code}" if outcome.code else outcome.reply, **told)
    if row.attempts + 1 > MOST_ATTEMPTS and outcome.fate != "not_started":
        return _move(row, state, state="expired", reason="put off too often", **told)
    wait = NO_CONNECTION if outcome.fate == "not_started" else _wait(row.attempts)
    return _move(row, state, state="deferred", reason="put off", next_attempt_at=at + wait, **told)


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "smtp_code": outcome.code,
        "enh_code": outcome.enhanced_code,
        "reply": outcome.reply[:500],
        "lease_until": None,
    }


def _wait(attempts: int) -> timedelta:
    """The longer the more often it was tried; spread by a fifth, so that a crowd does not come back at once."""
    return BACK_OFF[min(attempts, len(BACK_OFF) - 1)] * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, hides nothing


def _move(row: Row, from_state: str, **changes: Any) -> bool:
    """One committed UPDATE that holds only for who owns the claim."""
    ours = type(row)._default_manager.filter(pk=row.pk, state=from_state, claim_token=row.claim_token)
    return bool(ours.update(**changes))


def _token_of(moment: datetime, *, lowest: bool = False) -> uuid.UUID:
    """A claim's token: its moment in milliseconds, then chance (as UUID version 7), so that tokens are ordered by time."""
    head = int(moment.timestamp() * 1000) << 80
    return uuid.UUID(int=head if lowest else head | random.getrandbits(80))


def _database_now() -> datetime:
    return _asked("SELECT clock_timestamp()")


def _asked(question: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(question)
        moment: datetime = cursor.fetchone()[0]
    return moment


def settled(rows: Sequence[tuple[Row, Outcome | Withheld]], fate: str) -> list[Row]:
    """Those whose message had this fate."""
    return [row for row, outcome in rows if isinstance(outcome, Outcome) and outcome.fate == fate]
