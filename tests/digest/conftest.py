from datetime import timedelta

import pytest

from digest.models import Delivery
from digest.sending import send_due
from digest.ticking import tick
from mail import delivery
from mail.session import Limits
from tests.digest.factories import MONDAY, EditionFactory

QUICK = Limits(connect=2, command=2, final_reply=2)


@pytest.fixture
def edition(db):
    """This week's edition, with a note and nothing else."""
    EditionFactory.reset_sequence(0, force=True)
    return EditionFactory()


@pytest.fixture
def send(sink):
    """Tick and send until nothing waits; returns what the server has taken so far."""

    def go(at):
        tick(at=at)
        send_due(clock=lambda: at, limits=QUICK)
        tick(at=at)
        return sink.received

    return go


@pytest.fixture
def post(sink):
    """Carry the outbox's critical lane to the server."""

    def go(at):
        delivery.deliver("critical", clock=lambda: at, limits=QUICK)
        return sink.received

    return go


@pytest.fixture
def states(db):
    def told():
        return sorted(Delivery.objects.values_list("address__email", "state", "reason"))

    return told


@pytest.fixture
def next_week():
    return MONDAY + timedelta(days=7)
