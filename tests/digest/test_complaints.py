"""Readers who report an edition as unwanted: told on the run's page at one in two thousand, stopped at one in a thousand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from digest.actions.runs import resume_run
from digest.management.inventing import invent_readers
from digest.models import Delivery, Run
from digest.ticking import tick
from mail.bounces import note_trouble
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.digest.factories import WEDNESDAY

pytestmark = pytest.mark.django_db
SOON = WEDNESDAY + timedelta(minutes=1)
MANY = 2_500
TAKEN = """
UPDATE digest_delivery SET state = 'accepted', accepted_at = %s, message_id = '<' || id || '@plenary.example.org>'
WHERE state = 'pending' AND (is_canary OR NOT %s)
"""


@pytest.fixture
def run(edition, settings):
    settings.WEEKLY_CANARY_FROM, settings.WEEKLY_CANARY_MINUTES = 10_000, 5 * settings.SPEED
    return edition


def taken_by_the_server(many, *, first_alone=False):
    """As if it had been handed over: the mail server is no part of this."""
    invent_readers(many, due=WEDNESDAY)
    tick(at=WEDNESDAY)
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [WEDNESDAY, first_alone])


def complain(number):
    for row in Delivery.objects.filter(state="accepted").order_by("pk").select_related("address")[number - 1 : number]:
        told = {"event_id": f"d.{row.pk}", "code": "", "message_id": row.message_id}
        note_trouble(row.address, what="complaint", at=SOON, **told)


def state():
    tick(at=SOON)
    return Run.objects.get().state


def test_a_run_is_warned_of_and_then_held_once_and_goes_on_where_it_stood(run, client):
    taken_by_the_server(MANY)
    Delivery.objects.filter(pk=Delivery.objects.last().pk).update(state="pending")
    client.force_login(UserFactory(organiser=True))

    def page():
        return client.get(reverse("digest:run", args=[Run.objects.get().pk])).text

    complain(1)
    assert (state(), "as unwanted" in page()) == ("sending", False), "one is no share"
    complain(2)
    assert (state(), "2 readers of 2,499 reported it as unwanted." in page()) == ("sending", True)
    complain(3)
    assert (state(), state(), "The run has stopped by itself." in page()) == ("paused", "paused", True)
    held = Run.objects.get()
    assert held.held_because == "3 readers of 2,499 reported it as unwanted."
    assert Event.objects.filter(kind="digest.held").count() == 1
    resume_run(held, by=UserFactory(organiser=True), at=SOON)
    complain(4)
    assert state() == "sending", "what a person knew of is not held against it again"


def test_those_who_go_first_can_stop_it_for_all_others(run, settings):
    settings.WEEKLY_CANARY_FROM, settings.WEEKLY_CANARY_PERCENT = 100, 10
    taken_by_the_server(300, first_alone=True)
    assert state() == "canary"
    complain(1)
    complain(2)
    tick(at=SOON + timedelta(minutes=6))
    assert Run.objects.get().held_because == "2 readers of 30 reported it as unwanted."
    assert Delivery.objects.filter(state="pending").count() == 270


def test_a_complaint_about_another_edition_is_not_held_against_this_one(run):
    taken_by_the_server(30)
    for number in (1, 2, 3, 4):
        complain(number)
    Delivery.objects.update(message_id=None)
    assert state() == "done"
