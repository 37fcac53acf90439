"""A worker that is told to end (SIGTERM, at every deploy) while a sender is at work: the chunk is drained, no message is cut off,
another sender goes on. `make test` at a tenth of the real times, `make drill` at real length."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from digest.management.inventing import cut_edition, invent_readers
from digest.models import Delivery
from digest.sending import send_due
from digest.ticking import tick
from mail.sink import Behaviour, running
from tests.drills import forked
from tests.drills.deployment import Crew, Valkey

REAL = bool(os.environ.get("PLENARY_DRILL"))
SPEED, READERS, DELAY = (1, 3_000, 0.02) if REAL else (10, 300, 0.02)
GRACE = 30 / SPEED
"""Seconds that docs/operations.md gives a worker."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_end_drains_its_chunk_and_nothing_is_in_doubt(tmp_path, settings, capsys):
    settings.WEEKLY_CANARY_FROM = READERS + 1
    valkey = Valkey(tmp_path)
    valkey.start()
    try:
        with running(tmp_path / "record", Behaviour(delay=DELAY)) as sink, Crew(valkey, tmp_path, speed=SPEED) as crew:
            settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
            took, at_the_end = ended_in_the_middle(crew, sink)
            states = Counter(Delivery.objects.values_list("state", flat=True))
            assert states["sending"] == states["uncertain"] == states["claimed"] == 0, states
            assert states["pending"] > 0, "it was told in the middle"
            assert states["accepted"] == len(sink.arrivals())
            sink.behave(Behaviour())
            send_due(clock=timezone.now)
            arrived = sink.counted()
    finally:
        valkey.kill()
    assert max(arrived.values()) == 1
    assert len(arrived) == READERS == Delivery.objects.filter(state="accepted").count()
    with capsys.disabled():
        print(
            f"\n{READERS} readers, SIGTERM after {at_the_end} had arrived: the worker ended {took:.1f} s later (it has {GRACE:g}), "
            f"{states['accepted']} accepted, {states['pending']} back in the queue, 0 in doubt; the next sender sent the rest, once each"
        )


def ended_in_the_middle(crew, sink):
    """Seconds from the signal to its end, and what had arrived when it was told."""
    now = timezone.now()
    invent_readers(READERS, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    cut_edition(at=now)
    assert tick(at=timezone.now())
    worker = crew.worker("first")
    crew.send("digest.send", times=2)
    forked.wait_for(lambda: len(sink.arrivals()) > 30)
    at_the_end = len(sink.arrivals())
    began = time.monotonic()
    os.kill(worker, signal.SIGTERM)
    crew.wait_for_the_end_of("first")
    return time.monotonic() - began, at_the_end
