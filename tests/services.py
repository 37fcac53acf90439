"""Starts PostgreSQL and Valkey for a test run, and shares them among its processes.

The root conftest calls `start` first of all, before Django's settings are read, and `stop` at the end.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from config.embedded.places import Places
from config.embedded.services import hold

ROOT = Path(__file__).resolve().parents[1]
# Each process gets this many of Valkey's databases, so that one may empty its own.
DATABASES_EACH = 3
FIRST_DATABASE = 1
OURS = "PLENARY_TEST_VALKEY"

_held = ExitStack()


def start() -> None:
    """Hold the services until `stop`. A server that is configured is used as it is. Safe to call twice."""
    if os.environ.get("DATABASE_URL"):
        return
    os.environ.setdefault("PLENARY_VAR", str(ROOT / "var" / "test"))
    places = Places.of(Path(os.environ["PLENARY_VAR"]))
    _held.enter_context(hold(places, durable=False))
    # A worker inherits its leader's environment, so what the leader chose is no configuration.
    if OURS in os.environ or "REDIS_URL" not in os.environ:
        first = FIRST_DATABASE + DATABASES_EACH * worker_number()
        os.environ |= {OURS: "1", "REDIS_URL": places.redis_url(first), "CACHE_URL": places.redis_url(first + 1)}


def stop() -> None:
    """Let go; the last process of the run to do so stops the services."""
    _held.close()


def worker_number() -> int:
    """0 in the process that runs alone or leads, from 1 on in a worker of pytest-xdist."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name.startswith("gw") else 0
