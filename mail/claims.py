"""Who holds which rows of a `HandOver` table, and for how long.

A claim is committed to the disk, once for many rows. The marks that follow, one a message, are not waited for (mail/marks.py):
they survive whatever happens to a worker, and only where PostgreSQL itself goes down can the last of them be lost. So a claim
from before it went down is never taken as "not begun" (`sweep`). When a claim was made stands in its token.
"""

import random
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.db.utils import Error as DatabaseError

from mail.models import HandOver
from mail.models.handover import HandOverQuerySet

Clock = Callable[[], datetime]

LEASE: Final = timedelta(seconds=60)
"""How long a claim lasts that nobody renews. `lease_renewed` renews it, also while a server takes ten minutes over a reply."""
MANY: Final = 200
"""Rows to claim at a time."""


def claim(rows: HandOverQuerySet, *, at: datetime, limit: int, lease: timedelta = LEASE) -> list[Any]:
    """Take up to `limit` due rows for ourselves until `at + lease`; other workers' rows are passed over."""
    with transaction.atomic():
        token = token_of(_database_now())
        taken = list(rows.due(at).select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:limit])
        rows.model._default_manager.filter(pk__in=[row.pk for row in taken]).update(
            state=HandOver.State.CLAIMED, claim_token=token, lease_until=at + lease
        )
    for row in taken:
        row.state, row.claim_token, row.lease_until = HandOver.State.CLAIMED, token, at + lease
    return taken


def release(rows: Sequence[HandOver]) -> None:
    """Put claimed rows back that will not be begun now."""
    for token in {row.claim_token for row in rows}:
        mine = [row.pk for row in rows if row.claim_token == token]
        ours = type(rows[0])._default_manager.filter(pk__in=mine, state="claimed", claim_token=token)
        ours.update(state="pending", claim_token=None, lease_until=None)


def renew_leases(rows: HandOverQuerySet, *, at: datetime, lease: timedelta) -> int:
    """Those of the claimed and begun rows whose lease has not run out are ours for longer. Waits for no row that somebody is
    just about to mark: the mark of a message locks two rows, and whoever waits for one of them while holding the other kills its
    sender (a deadlock). A row passed over has two more turns before its lease ends. Returns how many."""
    held = rows.filter(state__in=["claimed", "sending"], lease_until__gt=at)
    with transaction.atomic():
        mine = list(held.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        return int(rows.model._default_manager.filter(pk__in=mine).update(lease_until=at + lease))


@contextmanager
def lease_renewed(rows: Sequence[HandOver], *, lease: timedelta, clock: Clock) -> Iterator[None]:
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


def sweep(rows: HandOverQuerySet, *, at: datetime, expire_after: timedelta = timedelta(hours=36)) -> dict[str, int]:
    """Free what a dead worker held and end what waited too long. A claim that never began waits again, unless it is from before
    PostgreSQL went down; a message that had begun is `uncertain` and is never sent again blindly. Returns how many of each."""
    lost = rows.lease_ran_out(at)
    may_have_begun = Q(state="claimed", claim_token__lt=token_of(_asked(_UP_SINCE), lowest=True))
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


def token_of(moment: datetime, *, lowest: bool = False) -> uuid.UUID:
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
