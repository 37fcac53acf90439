"""A disk under PostgreSQL is full in the middle of a run. Without a mark nothing goes out; what had just gone out is in doubt and
found again; once there is room the run goes on exactly where it stood. Where it is the disk of the log, PostgreSQL ends itself
and whatever marks had not reached it are lost: no letter goes twice for that, and none is missing.

Not a disk but the length of files is limited, for which nobody needs rights: PostgreSQL meets the same refusal where it would
make a table longer. `make test` runs it small, `make drill` with 6,000 readers.
"""

import os
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from django.db import DatabaseError, connection
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
READERS, FULL_FOR, PATIENCE = (6_000, 5, 600) if REAL else (600, 1, 60)
LEASE = timedelta(seconds=6)
"""Nobody renews theirs while the disk is full."""
LONGEST = 2**20
"""Bytes of a file, which the server's log needs as well."""
TOO_SHORT = 2**14
"""For a file of the log: PostgreSQL can write it no more, nor recover from that."""


@pytest.fixture
def world(tmp_path, settings):
    """A PostgreSQL of our own, and a mail server that says what it took."""
    record = tmp_path / "record"
    settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.Record", str(record)
    settings.WEEKLY_DOUBT_MINUTES, settings.WEEKLY_CANARY_FROM = settings.SPEED * (2 if REAL else 1) / 60, READERS + 1
    with data_folder(tmp_path / "var") as places, running(record, Behaviour(delay=0.002)) as sink:
        settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
        server = Postgres(places)
        server.short_files_of_its_log()
        server.start()
        try:
            server.fill()
            with on(server):
                yield server, sink
        finally:
            server.end(signal.SIGINT)


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_under_the_database_stops_all_sending_and_the_run_goes_on_where_it_stood(world, tmp_path, capsys):
    refusals = tmp_path / "refusals"
    told = run_through(*world, refusals, disk_of_the_tables)
    doubtful = judge(world[1], *told, refusals, "the disk of PostgreSQL", capsys)
    assert "could not extend file" in refusals.read_text()
    assert len(doubtful) <= 1


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_under_its_log_ends_postgresql_and_no_letter_goes_twice_or_is_missing(world, tmp_path, capsys):
    refusals = tmp_path / "refusals"
    told = run_through(*world, refusals, disk_of_the_log)
    judge(world[1], *told, refusals, "the disk of PostgreSQL’s log", capsys)


def run_through(server, sink, refusals, fill):
    """The run, a third of which goes out before the disk fills. How many had arrived then, and how many came while it was full."""
    now = timezone.now()
    invent_readers(READERS, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    cut_edition(at=now)
    with nothing_is_tidied_up():
        tick(at=timezone.now())
        Delivery.objects.update(reply="long" * 125)
        sender = forked.start(partial(send_again_and_again, refusals))
        try:
            forked.wait_for(lambda: len(sink.arrivals()) >= READERS / 3, PATIENCE)
            with fill(server, refusals):
                time.sleep(0.5)  # what was on its way
                before = len(sink.arrivals())
                time.sleep(FULL_FOR)
                while_full = len(sink.arrivals()) - before
            forked.wait_for(
                lambda: tolerant(lambda: tick(at=timezone.now())) is not None and Run.objects.get().state == "done", PATIENCE
            )
        finally:
            os.kill(sender, signal.SIGKILL)
            forked.end(sender)
    return before, while_full


@contextmanager
def disk_of_the_tables(server, refusals):
    server.limit(max(LONGEST, size_of_table()))
    forked.wait_for(refusals.exists)
    yield
    server.limit(None)


@contextmanager
def disk_of_the_log(server, refusals):
    """It has to be started again, by whoever made room."""
    server.limit(TOO_SHORT)
    forked.wait_for(server.has_ended)
    yield
    server.start()


def size_of_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('digest_delivery')")
        return cursor.fetchone()[0]


@contextmanager
def nothing_is_tidied_up():
    """Somebody looks at the tables as they are, so that no room becomes free in them."""
    looks = connection.copy()
    looks.connect()
    try:
        looks.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        looks.connection.execute("SELECT count(*) FROM digest_delivery")
        yield
    finally:
        looks.close()


def send_again_and_again(refusals):
    """As a worker does: a task that fails is followed by another. What the database refused is written down."""
    while True:
        try:
            send_due(clock=timezone.now, lease=LEASE)
        except (DatabaseError, psycopg.Error) as error:
            with refusals.open("a") as file:
                file.write(f"{error}\n")
            connection.close()
        time.sleep(0.05)


def judge(sink, before, while_full, refusals, what, capsys):
    """What was in doubt."""
    arrived, readers = sink.counted(), {each.recipient for each in sink.arrivals()}
    doubtful = Delivery.objects.filter(Q(state="uncertain") | Q(reason=FOUND) | Q(resent_at__isnull=False))
    run, refused = Run.objects.get(), refusals.read_text()
    with capsys.disabled():
        print(
            f"\n{READERS} readers, {what} full for {FULL_FOR} s behind {before} ({len(refused.splitlines())} "
            f"refusals): {while_full} arrived meanwhile, then all: {len(arrived)}, none twice; {len(doubtful)} were in doubt, "
            f"{doubtful.filter(resent_at__isnull=False).count()} of them sent once more. The run is {run.state}: {run.counts}"
        )
    assert READERS / 3 <= before < READERS
    assert while_full == 0
    assert len(readers) == len(arrived) == READERS
    assert max(arrived.values()) == 1
    assert run.counts == {"candidates": READERS, "accepted": READERS}
    return doubtful
