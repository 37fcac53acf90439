"""PostgreSQL is restarted, and killed with kill -9, in the middle of a run: nothing is lost, what is in doubt is told, and nothing
arrives twice that a look at the mail server could keep from it.

The server is one of our own, as safe against a crash as in production: that of the tests is not. `make test` runs it small,
`make drill` with 6,000 readers and five deaths.
"""

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from digest.actions.reconciling import FOUND
from digest.management.inventing import cut_edition, invent_readers
from digest.models import Delivery, Run
from digest.sending import send_due
from digest.ticking import tick
from mail.sink import Behaviour, running
from tests.config.processes import data_folder
from tests.drills import forked
from tests.drills.own_postgres import Postgres, on, tolerant

REAL = bool(os.environ.get("PLENARY_DRILL"))
READERS, DEATHS, DELAY = (6_000, 5, 0.004) if REAL else (120, 0, 0.02)
LEASE = timedelta(seconds=3 if REAL else 0.8)
TICK = 0.5 if REAL else 0.2
SENDERS = 2


@pytest.mark.django_db(transaction=True)
def test_no_mail_is_lost_or_doubled_when_postgresql_dies_in_the_middle(tmp_path, settings, capsys):
    record = tmp_path / "record"
    settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.Record", str(record)
    settings.WEEKLY_DOUBT_MINUTES, settings.WEEKLY_CANARY_FROM = settings.SPEED * (2 if REAL else 1) / 60, READERS + 1
    with data_folder(tmp_path / "var") as places, running(record, Behaviour(delay=DELAY)) as sink:
        settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
        server = Postgres(places)
        server.start()
        try:
            server.fill()
            with on(server):
                told = run_through(server, sink)
                judge(sink, told, capsys)
        finally:
            server.end(signal.SIGINT)


def run_through(server, sink):
    """The run, with a kill -9 and a restart by turns. What arrived in the last second before each kill -9."""
    now, dice, deaths, lately = timezone.now(), random.Random(7), 0, set()
    invent_readers(READERS, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    cut_edition(at=now)
    tick(at=timezone.now())
    senders = [forked.start(send_again_and_again) for _ in range(SENDERS)]
    try:
        while True:
            time.sleep(TICK)
            done = tolerant(lambda: tick(at=timezone.now())) is not None and Run.objects.get().state == "done"
            arrived = len(sink.arrivals())
            if done:
                return lately
            assert time.time() - now.timestamp() < 600, Run.objects.get().counts
            if deaths <= DEATHS and arrived >= READERS * (deaths + 1) * dice.uniform(0.8, 1) / (DEATHS + 2):
                is_killed = deaths % 2 == 0
                server.end(signal.SIGKILL if is_killed else signal.SIGINT)
                if is_killed:
                    lately |= {each.message_id for each in sink.arrivals() if each.at > time.time() - 1}
                time.sleep(0.2)
                server.start()
                deaths += 1
    finally:
        for pid in senders:
            os.kill(pid, signal.SIGKILL)
            forked.end(pid)


def send_again_and_again():
    """As a worker does: a task that fails is followed by another, with a connection of its own."""
    while True:
        tolerant(lambda: send_due(clock=timezone.now, lease=LEASE))
        time.sleep(0.05)


def judge(sink, lately, capsys):
    arrived, readers = sink.counted(), {each.recipient for each in sink.arrivals()}
    doubled = {name for name, times in arrived.items() if times > 1}
    doubtful = Delivery.objects.filter(Q(state="uncertain") | Q(reason=FOUND) | Q(resent_at__isnull=False))
    flagged = set(doubtful.values_list("message_id", flat=True))
    run = Run.objects.get()
    with capsys.disabled():
        print(
            f"\n{READERS} readers, {DEATHS + 1} deaths of PostgreSQL (kill -9 and restart by turns): {len(arrived)} arrived, "
            f"{len(doubled)} twice, {READERS - len(readers)} lost; {len(flagged)} were in doubt, "
            f"{doubtful.filter(resent_at__isnull=False).count()} of them sent once more; {len(lately)} had arrived in the last "
            f"second before a kill. The run is {run.state}: {run.counts}"
        )
    assert len(readers) == len(arrived) == READERS
    assert doubled <= flagged
    assert len(doubled) <= len(lately)
    assert run.counts == {"candidates": READERS, "accepted": READERS}
