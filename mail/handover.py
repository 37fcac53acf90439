"""Sends the claimed rows of any `HandOver` table, one intent at a time.

Used by the outbox and by the weekly. Safe to call twice and in parallel: a row is only moved by who holds its claim
(mail/claims.py), by statements that test that (mail/marks.py).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.db.models import F

from mail.claims import LEASE, MANY, Clock, lease_renewed, release
from mail.marks import MOST_ATTEMPTS, accept, back_off, begin, move, settle
from mail.models import HandOver
from mail.pools import Leave, pause_pool, paused_until
from mail.session import Envelope, Outcome, SmtpSession
from mail.signatures import signer

Row = TypeVar("Row", bound=HandOver)

PUT_OFF: Final = 0.2
"""Of `MANY` answers, after which the pool rests where the server put more off."""
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
    with lease_renewed(queue, lease=lease, clock=clock):
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
        if not begin(row, parcel.message_id, done=done, at=self._clock()):
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
        elif settle(row, outcome, parcel.message_id, begun=begun, at=at):
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
                if move(row, "claimed", state=parcel.state, reason=parcel.reason[:200], lease_until=None):
                    self._told.append((row, parcel))
                continue
            busy = self._leave.busy(parcel.recipient)
            if busy is None:
                return row, _signed(parcel)
            put_back = {"claim_token": None, "lease_until": None, "next_attempt_at": self._clock() + busy}
            if move(row, "claimed", state="pending", **put_back):
                self._told.append((row, Withheld("pending", "its domain takes no more for now")))
        return None

    def _write_accepted(self) -> None:
        done, self._accepted = self._accepted, None
        if done is not None:
            accept(*done)

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
            move(
                row, "claimed", state="failed" if over else "deferred", reason="it could not be written", lease_until=None,
                attempts=F("attempts") + 1, next_attempt_at=None if over else at + back_off(row.attempts),
            )  # fmt: skip
            release(list(others))


def _signed(parcel: Parcel) -> Parcel:
    """With a DKIM signature, where we make them."""
    if not settings.DKIM_SELECTOR:
        return parcel
    return replace(parcel, data=signer(settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE).signed(parcel.data))


def answered(rows: Sequence[tuple[Row, Outcome | Withheld]]) -> list[tuple[Row, Outcome]]:
    """Those of which the server was asked."""
    return [(row, outcome) for row, outcome in rows if isinstance(outcome, Outcome)]


def settled(rows: Sequence[tuple[Row, Outcome | Withheld]], fate: str) -> list[Row]:
    """Those whose message had this fate."""
    return [row for row, outcome in answered(rows) if outcome.fate == fate]
