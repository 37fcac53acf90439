"""The clock moves, or the clocks change, while a run is on its way: windows follow each other without gap or overlap, the reader's
hour is kept, and nobody gets anything twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from common.clock import LONDON
from digest.calendar import wall_moment
from digest.models import Delivery, Edition, Run, Subscription
from digest.sending import send_due
from digest.ticking import tick
from tests.digest.conftest import QUICK
from tests.digest.factories import WEDNESDAY, EditionFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def go(at):
    tick(at=at)
    return send_due(clock=lambda: at, limits=QUICK)


def windows_follow_each_other():
    editions = list(Edition.objects.order_by("number"))
    assert all(one.ends == other.starts for one, other in pairwise(editions))
    assert {edition.cut_off.astimezone(LONDON).strftime("%a %H:%M") for edition in editions} == {"Mon 06:00"}


def each_once(sink, times=1):
    counted = Counter(mail.recipient for mail in sink.received)
    assert set(counted.values()) == {times}, counted
    assert sink.doubles() == []


@pytest.mark.parametrize("leap", [-HOUR, HOUR])
def test_a_clock_that_leaps_an_hour_between_two_messages_doubles_and_loses_nothing(edition, sink, leap):
    """Forward, our own lease has run out: what was not begun waits for the next sender. Back, it lasts an hour longer."""
    SubscriptionFactory.create_batch(8)
    tick(at=WEDNESDAY)
    moved = []

    def clock():
        return WEDNESDAY + (leap if moved else timedelta(0))

    sink.answer_rcpt = lambda address: moved.append(address) if len(sink.received) == 3 else None
    send_due(clock=clock, limits=QUICK)
    assert 3 <= len(sink.received) <= 8
    for minutes in (0, 2, 4):
        go(WEDNESDAY + leap + timedelta(minutes=minutes))
    tick(at=WEDNESDAY + 2 * HOUR)
    each_once(sink)
    assert len(sink.received) == 8
    assert Run.objects.get().counts == {"candidates": 8, "accepted": 8}
    windows_follow_each_other()


@pytest.mark.parametrize("leap", [-HOUR, HOUR])
def test_a_clock_that_leaps_an_hour_between_two_ticks_plans_no_second_run(edition, sink, leap):
    early, late = SubscriptionFactory(), SubscriptionFactory(local_hour=13)
    go(WEDNESDAY)
    for at in (WEDNESDAY + leap, WEDNESDAY + leap + timedelta(minutes=1), WEDNESDAY, WEDNESDAY + HOUR, WEDNESDAY + 2 * HOUR):
        go(at)
    each_once(sink)
    assert len(sink.received) == 2
    assert sorted(Run.objects.values_list("slot", flat=True)) == [WEDNESDAY, WEDNESDAY + HOUR]
    for mine, hour in ((early, 12), (late, 13)):
        mine.refresh_from_db()
        assert mine.next_due_at == datetime(2026, 11, 25, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sunday", "slots"),
    [
        # 01:00 and 01:30 do not exist on 29 March 2026: 02:00 in summer time, which is 01:00 UTC
        (datetime(2026, 3, 29), ["2026-03-29 01:00", "2026-04-05 00:00"]),
        # 01:00 comes twice on 25 October 2026: the first, in summer time
        (datetime(2026, 10, 25), ["2026-10-25 00:00", "2026-11-01 01:00"]),
    ],
)
def test_on_the_day_on_which_clocks_change_the_hour_comes_once_and_is_kept(sink, sunday, slots):
    EditionFactory.reset_sequence(0, force=True)
    cut_off = wall_moment(sunday - timedelta(days=6) + timedelta(hours=6), LONDON)
    EditionFactory(cut_off=cut_off, cut_at=cut_off)
    first = datetime.fromisoformat(slots[0]).replace(tzinfo=UTC)
    mine = SubscriptionFactory(weekday=6, local_hour=1, next_due_at=first, confirmed_at=cut_off)
    midnight = sunday.replace(tzinfo=UTC) - HOUR
    for half_hours in range(9):  # through the change and the hour that comes twice, or never
        go(midnight + half_hours * HOUR / 2)
    each_once(sink)
    assert Run.objects.get().slot == first
    for days in (1, 7, 7.05, 7.1):  # Monday's cut, and the next Sunday's small hours
        go(midnight + timedelta(days=days, hours=8 if days == 1 else 0))
    each_once(sink, times=2)
    assert [f"{slot:%Y-%m-%d %H:%M}" for slot in Run.objects.order_by("slot").values_list("slot", flat=True)] == slots
    mine.refresh_from_db()
    assert mine.next_due_at.astimezone(LONDON).strftime("%a %H:%M") == "Sun 01:00"
    windows_follow_each_other()


@pytest.mark.parametrize(
    "change",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ],
)
def test_a_run_that_is_due_at_half_past_one_as_the_clocks_change_is_one_run(sink, change):
    """A new reader is due at the minute at which they said yes: 00:30 UTC is 01:30 in summer time, 01:30 UTC the second one."""
    EditionFactory.reset_sequence(0, force=True)
    cut_off = wall_moment((change - timedelta(days=6)).replace(hour=6, minute=0, tzinfo=None), LONDON)
    EditionFactory(cut_off=cut_off, cut_at=cut_off)
    SubscriptionFactory(weekday=6, local_hour=1, next_due_at=change, confirmed_at=cut_off)
    for minutes in (-60, -1, 0, 1, 30, 59, 60, 61, 120):
        go(change + timedelta(minutes=minutes))
    each_once(sink)
    assert Run.objects.get().slot == change
    assert Subscription.objects.get().next_due_at.astimezone(LONDON).strftime("%a %H:%M") == "Sun 01:00"
    windows_follow_each_other()


def test_over_the_turn_of_the_year_a_run_stays_one_and_weeks_follow_each_other(sink):
    EditionFactory.reset_sequence(0, force=True)
    cut_off = datetime(2026, 12, 28, 6, tzinfo=UTC)
    EditionFactory(cut_off=cut_off, cut_at=cut_off)
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    SubscriptionFactory(weekday=4, local_hour=0, next_due_at=midnight, confirmed_at=cut_off)
    for at in (midnight - timedelta(minutes=1), midnight, midnight + timedelta(minutes=1), cut_off + timedelta(days=7)):
        go(at)
    each_once(sink)
    go(midnight + timedelta(days=7))
    each_once(sink, times=2)
    assert list(Run.objects.order_by("slot").values_list("slot", flat=True)) == [midnight, midnight + timedelta(days=7)]
    windows_follow_each_other()


def test_a_clock_that_leaps_into_the_next_year_in_the_middle_of_a_run_sends_nothing_late_and_goes_on_from_there(edition, sink):
    """What waits for longer than a weekly is worth sending is not sent; one edition tells of all the time in between."""
    SubscriptionFactory.create_batch(3)
    SubscriptionFactory(local_hour=13)
    go(WEDNESDAY)
    january = WEDNESDAY + timedelta(days=7 * 7, hours=3)
    for minutes in range(3):
        go(january + timedelta(minutes=minutes))
    assert sink.doubles() == []
    counted = Counter((row.address_id, row.edition_id) for row in Delivery.objects.all())
    assert set(counted.values()) == {1}
    assert not Delivery.objects.filter(state__in=("pending", "claimed", "sending")).exists()
    windows_follow_each_other()
    ahead = Subscription.objects.values_list("next_due_at", flat=True)
    assert {due.astimezone(LONDON).strftime("%a %H") for due in ahead} == {"Wed 12", "Wed 13"}
    assert min(ahead) > january
    assert [(edition.number, edition.state) for edition in Edition.objects.order_by("number")] == [
        (1, "cut"),
        (2, "cut"),
        (3, "draft"),
    ]
    assert Counter(Counter(mail.recipient for mail in sink.received).values()) == {2: 4}
