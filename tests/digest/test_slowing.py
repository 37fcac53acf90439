"""Less mail to who gives no sign of reading: weekly, monthly, once more with a question; and the weekly back at one press."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.pacing import note_reading, settle_paces
from digest.actions.subscriptions import ask_for_weekly
from digest.models import Delivery, Edition, Subscription
from digest.slowing import LAST, MONTHLY, STOPPED, USUAL, pace_now
from digest.tokens import reading_token
from mail.models import Address
from tests.accounts.factories import UserFactory
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory

WEEK = timedelta(weeks=1)
AFTER = 26 * WEEK
LONG_AGO = MONDAY - 40 * WEEK
MOMENTS = st.integers(0, 2_000).map(lambda days: MONDAY + timedelta(days=days))
SPANS = st.integers(0, 800).map(lambda days: timedelta(days=days))
AFTER_SO_LONG = st.integers(7, 400).map(lambda days: timedelta(days=days))


@given(at=MOMENTS, quiet=SPANS, after=AFTER_SO_LONG)
def test_who_gave_a_sign_lately_gets_it_weekly_whatever_the_pace_was(at, quiet, after):
    for pace in (MONTHLY, LAST, STOPPED):
        told = pace_now(pace, paced_at=at - quiet - timedelta(seconds=1), looked_in=at - quiet, at=at, after=after)
        assert told == USUAL
    usual = pace_now(USUAL, paced_at=None, looked_in=at - quiet, at=at, after=after)
    assert usual == (MONTHLY if quiet >= after else USUAL)


@given(
    at=MOMENTS, since=SPANS, before=SPANS, pace=st.sampled_from([MONTHLY, LAST, STOPPED]),
    after=AFTER_SO_LONG,
)  # fmt: skip
def test_without_a_sign_it_never_quickens_and_goes_one_step_at_a_time(at, since, before, pace, after):
    paced_at = at - since
    told = pace_now(pace, paced_at=paced_at, looked_in=paced_at - before, at=at, after=after)
    assert told == (LAST if pace == MONTHLY and since >= after else pace)
    assert pace_now(told, paced_at=at, looked_in=paced_at - before, at=at, after=after) == told, "the same again changes nothing"


@given(at=MOMENTS, quiet=SPANS, pace=st.sampled_from([USUAL, MONTHLY, LAST, STOPPED]))
def test_turned_off_everybody_gets_it_weekly(at, quiet, pace):
    paced_at = None if pace == USUAL else at - quiet
    assert pace_now(pace, paced_at=paced_at, looked_in=at - 2 * quiet, at=at, after=None) == USUAL


@pytest.fixture
def half_a_year(edition):
    """Editions of the weeks before, so that silence says something."""
    for number in range(1, 31):
        cut = MONDAY - number * WEEK
        Edition.objects.create(
            number=1_000 - number, window=DateTimeTZRange(cut - WEEK, cut), cut_off=cut, cut_at=cut, state="cut", headline="H"
        )
    edition.number = 1_000
    edition.save()
    return edition


@pytest.fixture
def silent(half_a_year):
    return SubscriptionFactory(read_at=LONG_AGO)


def pace_of(subscription):
    subscription.refresh_from_db()
    return subscription.pace


@pytest.mark.django_db
def test_it_comes_monthly_with_the_reason_then_asks_then_stops_and_one_press_brings_it_back(silent, send, client):
    assert settle_paces(at=MONDAY) == 1
    assert settle_paces(at=MONDAY) == 0
    (mail,) = send(WEDNESDAY)
    for told in (mail.text, mail.html):
        assert "You have not looked in since February 2026, so we write monthly." in " ".join(told.split())
    assert "once a month, on a Wednesday at 12:00" in " ".join(mail.text.split())
    assert pace_of(silent) == MONTHLY
    assert silent.next_due_at == WEDNESDAY + 4 * WEEK

    Subscription.objects.update(paced_at=MONDAY - AFTER, next_due_at=WEDNESDAY)
    Delivery.objects.all().delete()
    assert settle_paces(at=MONDAY) == 1
    assert pace_of(silent) == LAST
    asked = send(WEDNESDAY + timedelta(hours=1))[1]
    assert "this is the last edition we send, unless you say" in " ".join(asked.text.split())
    assert pace_of(silent) == STOPPED
    Subscription.objects.update(next_due_at=WEDNESDAY)
    assert len(send(WEDNESDAY + timedelta(hours=2))) == 2, "nothing more"

    link = re.search(r"back:\s+(\S+)", asked.text)[1].removeprefix("http://plenary.test")
    with time_machine.travel(WEDNESDAY + timedelta(days=1), tick=False):
        page = client.get(re.sub(r"^https?://[^/]+", "", link))
        assert "Bring the weekly back" in page.text
        assert pace_of(silent) == STOPPED, "opening the page changes nothing"
        why = " ".join(client.get(page.request["PATH_INFO"] + "why/").text.split())
        assert "Nothing comes at the moment" in why
        assert "Yours is of February 2026" in why
        client.post(re.sub(r"^https?://[^/]+", "", link) + "pace/")
    assert pace_of(silent) == USUAL
    assert silent.next_due_at == WEDNESDAY + WEEK


@pytest.mark.django_db
def test_a_member_who_visits_is_never_slowed_down_and_comes_back_by_visiting(half_a_year, settings):
    visits = UserFactory(member=True, last_login=MONDAY - 20 * WEEK)
    away = UserFactory(member=True, last_login=MONDAY - 30 * WEEK)
    mine = [SubscriptionFactory(address=Address.objects.get(account=user), read_at=LONG_AGO) for user in (visits, away)]
    assert settle_paces(at=MONDAY) == 1
    assert [pace_of(each) for each in mine] == [USUAL, MONTHLY]
    away.last_login = MONDAY + timedelta(days=1)
    away.save()
    assert settle_paces(at=MONDAY + WEEK) == 1
    assert pace_of(mine[1]) == USUAL


@pytest.mark.django_db
def test_nobody_is_slowed_down_after_an_outage_in_a_break_or_where_it_is_turned_off(silent, settings):
    SubscriptionFactory(read_at=LONG_AGO, paused_until=MONDAY - WEEK)
    SubscriptionFactory(read_at=LONG_AGO, stream="outcomes")
    settings.WEEKLY_SLOW_AFTER_WEEKS = 0
    assert settle_paces(at=MONDAY) == 0
    settings.WEEKLY_SLOW_AFTER_WEEKS = 26
    assert settle_paces(at=MONDAY) == 1
    settings.WEEKLY_SLOW_AFTER_WEEKS = 0
    assert settle_paces(at=MONDAY) == 1
    assert pace_of(silent) == USUAL
    settings.WEEKLY_SLOW_AFTER_WEEKS = 26
    Edition.objects.exclude(number=1_000).delete()
    Subscription.objects.update(read_at=LONG_AGO)
    assert settle_paces(at=MONDAY) == 0, "too few were sent to say anything"


@pytest.mark.django_db
def test_the_web_copy_tells_by_a_press_and_never_by_being_fetched(silent, send, client):
    (mail,) = send(WEDNESDAY)
    address, _, key = re.search(r"Read on the web:\s+(\S+)", mail.text)[1].partition("#r=")
    assert key == reading_token(Delivery.objects.get().pk)
    assert address.endswith(reverse("digest:edition", args=[1_000]))
    place = reverse("digest:read", args=[key])
    for ask in (client.get, client.head):
        assert ask(place).status_code == 200
        silent.refresh_from_db()
        assert silent.read_at == LONG_AGO
    with time_machine.travel(WEDNESDAY, tick=False):
        assert client.post(place).headers["Location"] == reverse("digest:edition", args=[1_000])
    silent.refresh_from_db()
    assert silent.read_at == WEDNESDAY
    assert client.get(reverse("digest:read", args=["nothing"])).status_code == 404


@pytest.mark.django_db
def test_a_sign_brings_the_edition_that_is_out_where_it_was_not_sent(silent):
    Subscription.objects.update(pace=STOPPED, paced_at=LONG_AGO, next_due_at=MONDAY - WEEK)
    note_reading(silent, at=WEDNESDAY + timedelta(hours=2))
    assert pace_of(silent) == USUAL
    assert silent.next_due_at == WEDNESDAY + timedelta(hours=2)


@pytest.mark.django_db
def test_who_asks_again_is_led_to_the_button(silent, post):
    Subscription.objects.update(pace=STOPPED, paced_at=LONG_AGO)
    ask_for_weekly(silent.address.email, form="weekly:front", ip="", at=WEDNESDAY)
    (mail,) = post(WEDNESDAY)
    assert "one press brings the weekly back" in " ".join(mail.text.split())
    assert "Bring the weekly back" in mail.html
