"""A mail server whose disk is full: it says so, or it hangs up. The run stands, one alert, and it goes on exactly where it stood."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.runs import resume_run
from digest.models import Delivery, Run
from digest.sending import send_due
from digest.ticking import tick
from mail.sink import Behaviour, Rule, Sink, arrivals
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.digest.conftest import QUICK
from tests.digest.factories import WEDNESDAY, SubscriptionFactory

pytestmark = pytest.mark.django_db
READERS = 60
FULL = "452 4.3.1 Insufficient system storage"


@pytest.fixture
def readers(edition, settings):
    settings.WEEKLY_CANARY_FROM, settings.WEEKLY_DOUBT_MINUTES = READERS + 1, 10 * settings.SPEED
    settings.SMTP_POOLS = {}
    return SubscriptionFactory.create_batch(READERS)


def go(at):
    tick(at=at)
    for _ in range(3):
        send_due(clock=lambda: at, limits=QUICK)
    tick(at=at)


def minutes(number):
    return WEDNESDAY + timedelta(minutes=number)


@pytest.mark.parametrize("place", ["mail", "dot"])
def test_a_server_that_says_that_it_is_full_stops_the_run_once_and_all_get_it_afterwards(readers, settings, tmp_path, place):
    with Sink(tmp_path / "record").in_thread() as server:
        settings.SMTP_URL = server.url
        server.behaviour = Behaviour((Rule("dot", times=20), Rule(place, say=FULL)))
        go(minutes(0))
        for number in (1, 2):
            go(minutes(number))
        run = Run.objects.get()
        assert (run.state, "refused" in run.held_because) == ("paused", True)
        assert Event.objects.filter(kind="digest.held").count() == 1
        server.behaviour = Behaviour()
        resume_run(run, by=UserFactory(organiser=True), at=minutes(2))
        go(minutes(10))
        run.refresh_from_db()
        assert (run.state, run.counts) == ("done", {"candidates": READERS, "accepted": READERS})
        arrived = Counter(each.message_id for each in arrivals(server.record))
    assert len(arrived) == READERS
    assert max(arrived.values()) == 1


def test_a_server_that_hangs_up_over_its_full_disk_stops_the_run_before_many_are_in_doubt(readers, settings, tmp_path):
    """Its record is a device that is always full: the dot is taken and no answer ever comes."""
    evidence = tmp_path / "evidence"
    evidence.touch()
    settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.Record", str(evidence)
    with Sink(Path("/dev/full")).in_thread() as full:
        settings.SMTP_URL = full.url
        for number in range(4):
            go(minutes(number))
    run = Run.objects.get()
    doubted = Delivery.objects.filter(state="uncertain").count()
    assert run.state == "paused"
    assert run.held_because.startswith("The mail server gave no answer to")
    assert 20 <= doubted < READERS / 2
    assert Event.objects.filter(kind="digest.held").count() == 1
    with Sink(evidence).in_thread() as server:
        settings.SMTP_URL = server.url
        resume_run(run, by=UserFactory(organiser=True), at=minutes(5))
        go(minutes(20))
        run.refresh_from_db()
        assert (run.state, run.counts) == ("done", {"candidates": READERS, "accepted": READERS})
        assert len({each.message_id for each in arrivals(evidence)}) == len(list(arrivals(evidence))) == READERS
