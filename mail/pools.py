"""Pools of senders: which relays they use, how fast, and when they rest. Right across processes, since it is kept in rows.

settings.SMTP_POOLS: {"digest": {"relays": ["smtp://…", "smtp://…"], "rate": 50}}; a pool that is not named there, or names no
relays, uses SMTP_URL. `rate` is messages a second, 0 without bound; by default RATE, and none where every relay is on this
machine. settings.SMTP_DOMAIN_RATES: {"example.org": 5} within each pool.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from mail.logged import LoggedSession
from mail.models import Pool
from mail.session import Limits, SmtpSession

log = logging.getLogger("plenary.mail")

RATE: Final = 50.0
PATIENCE: Final = 0.05
"""Seconds that a sender waits for one domain; beyond them it goes on with others' mail."""
AT_ONCE: Final = 0.2
"""Seconds' worth of messages that a sender asks leave for at a time."""
PAUSE: Final = timedelta(minutes=15)
_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1", ""})

_RESERVE: Final = """
INSERT INTO mail_pool AS pool (name, free_at) VALUES (%(name)s, clock_timestamp() + %(takes)s * interval '1 second')
ON CONFLICT (name) DO UPDATE
    SET free_at = GREATEST(pool.free_at, clock_timestamp()) + %(takes)s * interval '1 second'
    WHERE %(patience)s::float8 IS NULL
        OR COALESCE(pool.free_at, clock_timestamp()) <= clock_timestamp() + %(patience)s * interval '1 second'
RETURNING EXTRACT(EPOCH FROM free_at - clock_timestamp()) - %(takes)s
"""


@dataclass(frozen=True, slots=True)
class Pace:
    relays: tuple[str, ...]
    rate: float


def pace_of(pool: str) -> Pace:
    """Relays and rate of a pool, as set."""
    told: dict[str, Any] = settings.SMTP_POOLS.get(pool, {})
    relays = tuple(told.get("relays") or [settings.SMTP_URL])
    is_here = all((urlsplit(url).hostname or "") in _HERE for url in relays)
    return Pace(relays, float(told.get("rate", 0 if is_here else RATE)))


def session_for(pool: str, *, limits: Limits | None = None) -> SmtpSession:
    """A session over the pool's relays that keeps to its rate and rests while it is paused (mail/handover.py). Each of its
    connections is written down."""
    return LoggedSession(pace_of(pool).relays, limits=limits, pool=pool)


class Leave:
    """Asks leave to send in a pool: for some messages at once, and for each to a domain with a pace of its own."""

    def __init__(self, pool: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._pool, self._sleep = pool, sleep
        self._rate = pace_of(pool).rate if pool else 0.0
        self._left, self._from = 0, 0.0

    def wait(self, before: Callable[[], None]) -> None:
        """Until one more message may go. `before` is called where that takes a moment."""
        if not self._rate:
            return
        if self._left == 0:
            self._left = max(1, int(self._rate * AT_ONCE))
            takes = self._left / self._rate
            self._from = time.monotonic() + max(0.0, _reserve(self._pool, takes=takes, patience=None) or 0.0)
        self._left -= 1
        seconds = self._from - time.monotonic()
        if seconds > 0:
            before()
            self._sleep(seconds)

    def busy(self, recipient: str) -> timedelta | None:
        """None where a message may go to this domain now, and then it is counted; else how long to leave it."""
        domain = recipient.rpartition("@")[2].lower()
        rate = settings.SMTP_DOMAIN_RATES.get(domain) if self._pool else None
        if not rate:
            return None
        waits = _reserve(f"{self._pool}/{domain}", takes=1 / rate, patience=PATIENCE)
        if waits is None:
            return timedelta(seconds=random.uniform(1, 1 + 30 / rate))  # noqa: S311 - spreads load
        if waits > 0:
            self._sleep(waits)
        return None


def paused_until(pool: str, *, at: datetime) -> datetime | None:
    """None where the pool sends."""
    return Pool.objects.paused(at).filter(name=pool).values_list("paused_until", flat=True).first() if pool else None


def pause_pool(pool: str, *, reason: str, at: datetime, lasts: timedelta = PAUSE) -> bool:
    """Nothing goes out in this pool for a while. Told in the log once: False where it rests already. Safe in parallel."""
    with transaction.atomic():
        Pool.objects.get_or_create(name=pool)
        row = Pool.objects.select_for_update().get(name=pool)
        if row.paused_until and row.paused_until > at:
            return False
        row.paused_until, row.reason = at + lasts / settings.SPEED, reason[:200]
        row.save(update_fields=["paused_until", "reason"])
    log.error("mail pool %s rests until %s: %s", pool, row.paused_until, reason)
    return True


def resume_pool(pool: str) -> None:
    """Go on at once. Safe to call twice."""
    Pool.objects.filter(name=pool).update(paused_until=None, reason="")


def _reserve(name: str, *, takes: float, patience: float | None) -> float | None:
    """Take `takes` seconds of a line for ourselves; how long until they begin. None, and nothing is taken, where that is longer
    than `patience`."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"name": name, "takes": takes, "patience": patience})
        found = cursor.fetchone()
    return None if found is None else float(found[0])
