"""Thirteen months later: counts instead of rows, links that still work, and nothing kept for longer than it is good for."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from digest.actions.bringing import can_be_taken_back
from digest.actions.reducing import KEPT_FOR, reduce_old_edition
from digest.balance import lines_of
from digest.models import CapabilityToken, Delivery, Run, SubscriberList, Subscription
from digest.tasks import tick_weekly
from digest.ticking import tick
from digest.tokens import leave_token
from mail.inbound import keep_mail, take_in_next
from mail.models import ConsentEvent
from tests.accounts.factories import UserFactory
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory

pytestmark = pytest.mark.django_db
LATER = MONDAY + KEPT_FOR + timedelta(seconds=1)
TWO_YEARS = timedelta(days=730)


@pytest.fixture
def letter(edition, send):
    """Of a run of two, one of whom was paused."""
    SubscriptionFactory()
    SubscriptionFactory(paused_until=WEDNESDAY + timedelta(days=1))
    (mail,) = send(WEDNESDAY)
    return mail


def page_of(client, run):
    client.force_login(UserFactory(organiser=True))
    return client.get(reverse("digest:run", args=[run.pk])).text


def one_click(mail):
    return re.match(r"<http://127\.0\.0\.1:8000([^>]+)>", mail.message["List-Unsubscribe"])[1]


def test_of_a_run_of_long_ago_the_counts_and_their_reasons_stay(letter, client):
    before = lines_of(Run.objects.get())
    assert reduce_old_edition(at=MONDAY + KEPT_FOR) is None
    assert Delivery.objects.count() == 2
    assert reduce_old_edition(at=LATER) is not None
    assert reduce_old_edition(at=LATER) is None
    run = Run.objects.get()
    assert not Delivery.objects.exists()
    assert lines_of(run) == before
    page = page_of(client, run)
    assert "paused by the reader" in page
    assert "kept for thirteen months" in page
    assert "do not balance" not in page
    assert "books.csv" not in page


def test_a_run_that_is_not_over_keeps_its_rows(letter):
    Run.objects.update(state="paused")
    assert reduce_old_edition(at=LATER) is None
    assert Delivery.objects.count() == 2


def test_the_link_of_a_letter_works_for_two_years_whatever_became_of_its_row(letter, client):
    mine = Subscription.objects.get(paused_until=None)
    reduce_old_edition(at=LATER)
    with time_machine.travel(WEDNESDAY + TWO_YEARS - timedelta(days=1), tick=False):
        assert client.get(one_click(letter)).status_code == 200
        assert client.post(one_click(letter), {"List-Unsubscribe": "One-Click"}).status_code == 200
    mine.refresh_from_db()
    assert mine.state == "ended"


def test_so_does_the_address_by_which_a_mail_unsubscribes(letter):
    mine, number = Subscription.objects.get(paused_until=None), Delivery.objects.get(state="accepted").pk
    reduce_old_edition(at=LATER)
    outcomes = []
    for at in (WEDNESDAY + TWO_YEARS, WEDNESDAY + TWO_YEARS - timedelta(days=1)):
        keep_mail(f"To: leave+{leave_token(number)}@plenary.example.org\r\nMessage-ID: <{at:%d}@x>\r\n\r\n".encode(), at=at)
        outcomes.append(take_in_next(at=at).outcome)
    assert outcomes == ["unknown", "taken"]
    mine.refresh_from_db()
    assert (mine.state, ConsentEvent.objects.get().form) == ("ended", "weekly:mailto")


def test_keys_that_open_nothing_any_more_go_with_the_rows(letter):
    reduce_old_edition(at=LATER)
    assert CapabilityToken.objects.count() == 2
    Run.objects.update(reduced_at=None)
    reduce_old_edition(at=WEDNESDAY + TWO_YEARS + timedelta(days=1))
    assert not CapabilityToken.objects.exists()


def test_it_is_done_by_the_task_that_ticks(letter):
    with time_machine.travel(LATER, tick=False):
        tick_weekly()
    assert Run.objects.order_by("slot").first().reduced_at is not None


def test_a_list_is_not_taken_back_once_nobody_knows_to_whom_editions_went(letter):
    officer = UserFactory(director=True)
    told = {"checked_at": WEDNESDAY, "checked_by": officer, "state": "brought", "brought_at": WEDNESDAY}
    brought = SubscriberList.objects.create(file_name="old.csv", **told)
    assert can_be_taken_back(brought, at=WEDNESDAY + timedelta(days=1))
    assert not can_be_taken_back(brought, at=WEDNESDAY + KEPT_FOR)


def test_a_tick_long_afterwards_plans_nothing_for_what_was_reduced(letter):
    reduce_old_edition(at=LATER)
    tick(at=WEDNESDAY + timedelta(minutes=1))
    assert Run.objects.get().state == "done"
