"""Holding the embedded services: they run for as long as anybody holds them, and not a moment longer."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded import folders, keeper, locks
from config.embedded.errors import ServicesError
from config.embedded.locks import Lock
from config.embedded.places import Places

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Timeouts:
    """In seconds. `recovery` is PostgreSQL's time to replay its log after it was killed."""

    recovery: float = 120.0
    grace: float = 30.0

    @property
    def transition(self) -> float:
        """How long a start and a stop may take together while another process waits for them."""
        return self.recovery + 2 * self.grace


@contextmanager
def hold(places: Places, *, durable: bool = True, timeouts: Timeouts = Timeouts()) -> Iterator[Places]:
    """PostgreSQL and Valkey answer for as long as the block lasts.

    Starts them where they do not run, joins them where they do; the last to leave stops them and waits for that.
    Safe in parallel, nested, and when killed at any point. `durable=False` is for tests: a crash of the
    *machine* may cost the data then. Raises ServicesError.
    """
    folders.make(places)
    with locks.taken(places.lock, timeout=timeouts.transition):
        holding = _join(places, timeouts)
        try:
            _ensure_keeper(places, durable=durable, timeouts=timeouts)
        except BaseException:
            holding.leave()
            raise
    try:
        yield places
    finally:
        with locks.taken(places.lock, timeout=timeouts.transition):
            if holding.leave():
                _wait_for_the_end(places, timeouts)


def revive(places: Places, *, durable: bool = True, timeouts: Timeouts = Timeouts()) -> bool:
    """For somebody who holds the services: start them again where their keeper was killed. Whether that was so."""
    if not locks.is_free(places.locks / "keeper"):
        return False
    with locks.taken(places.lock, timeout=timeouts.transition):
        return _ensure_keeper(places, durable=durable, timeouts=timeouts)


@dataclass
class _Holding:
    holders: Lock
    peers: Lock

    def leave(self) -> bool:
        """Let go. Whether nobody else holds the services."""
        # The keeper waits for `holders`, so that cannot tell us; nobody waits for `peers`. Called with the lock held.
        last = self.peers.try_take()
        self.peers.close()
        self.holders.close()
        return last


def _join(places: Places, timeouts: Timeouts) -> _Holding:
    holding = _Holding(Lock(places.locks / "holders"), Lock(places.locks / "peers"))
    # Waits where a keeper whose holders were all killed is just stopping its servers.
    holding.holders.take(shared=True, timeout=timeouts.transition)
    holding.peers.take(shared=True, timeout=timeouts.transition)
    return holding


def _ensure_keeper(places: Places, *, durable: bool, timeouts: Timeouts) -> bool:
    """With the lock held. Whether a keeper was started."""
    if not locks.is_free(places.locks / "keeper"):
        return False
    heard, told = os.pipe()
    argv = [sys.executable, "-m", keeper.__name__, str(places.var), f"--report={told}"]
    argv += ["--durable" if durable else "--no-durable", f"--patience={timeouts.recovery}", f"--grace={timeouts.grace}"]
    with os.fdopen(heard) as report, (places.logs / "keeper.log").open("w") as errors:
        try:
            subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=ROOT,
                pass_fds=[told],
                start_new_session=True,
            )
        finally:
            os.close(told)
        answer = report.read().strip()
    if answer != keeper.READY:
        raise ServicesError(answer or f"The services' keeper died at its start: see {places.logs / 'keeper.log'}")
    return True


def _wait_for_the_end(places: Places, timeouts: Timeouts) -> None:
    deadline = time.monotonic() + 3 * timeouts.grace
    while not locks.is_free(places.locks / "keeper"):
        if time.monotonic() > deadline:
            raise ServicesError(f"The services have not stopped within {3 * timeouts.grace:g} s: see {places.logs}")
        time.sleep(locks.POLL_SECONDS)
