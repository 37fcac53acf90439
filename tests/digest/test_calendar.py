from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import LONDON
from digest.calendar import cut_after, cut_before, full_minute, next_slot, slot_in_term, term_of, wall_moment
from digest.streams import OUTCOMES, WEEKLY, daily_of

DAILY = daily_of(7)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "Mars/Olympus"])
days, hours = st.integers(0, 6), st.integers(0, 23)


def local(moment):
    return moment.astimezone(LONDON)


@given(moments)
def test_every_moment_lies_in_exactly_one_week(moment):
    before, after = cut_before(moment), cut_after(moment)
    assert before <= moment < after
    assert cut_before(after) == after
    assert cut_after(before) == after
    assert {local(before).strftime("%a %H:%M"), local(after).strftime("%a %H:%M")} == {"Mon 06:00"}


@given(moments, days, hours, zones)
def test_a_readers_hour_comes_once_in_each_week(moment, weekday, hour, tz):
    cut = cut_before(moment)
    slot = slot_in_term(cut, weekday=weekday, hour=hour, tz=tz)
    assert cut <= slot < cut_after(cut)
    assert next_slot(moment, weekday=weekday, hour=hour, tz=tz) >= cut_after(moment)


@given(moments, days, hours)
def test_in_london_it_is_the_day_and_hour_asked_for_unless_that_hour_is_missing(moment, weekday, hour):
    slot = local(slot_in_term(cut_before(moment), weekday=weekday, hour=hour, tz="Europe/London"))
    assert slot.weekday() == weekday
    assert slot.hour == hour or (slot.month, slot.hour, hour) == (3, 2, 1)
    assert slot.minute == 0


@pytest.mark.parametrize(
    ("moment", "cut"),
    [
        (datetime(2026, 3, 29, 23, tzinfo=UTC), datetime(2026, 3, 23, 6, tzinfo=UTC)),  # 00:00 on Monday in summer time
        (datetime(2026, 3, 30, 5, tzinfo=UTC), datetime(2026, 3, 30, 5, tzinfo=UTC)),  # 06:00 in summer time
        (datetime(2026, 10, 26, 5, 30, tzinfo=UTC), datetime(2026, 10, 19, 5, tzinfo=UTC)),  # winter again: 05:30
        (datetime(2026, 10, 26, 6, tzinfo=UTC), datetime(2026, 10, 26, 6, tzinfo=UTC)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2028, 2, 28, 6, tzinfo=UTC)),  # a leap year
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 12, 28, 6, tzinfo=UTC)),
        (datetime(2027, 1, 4, 5, 59, tzinfo=UTC), datetime(2026, 12, 28, 6, tzinfo=UTC)),  # over the turn of the year
    ],
)
def test_the_cut_is_six_oclock_in_london(moment, cut):
    assert cut_before(moment) == cut


def test_an_hour_that_does_not_exist_becomes_the_next_that_does():
    cut = cut_before(datetime(2026, 3, 28, tzinfo=UTC))
    assert slot_in_term(cut, weekday=6, hour=1, tz="Europe/London") == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:00 BST


def test_an_hour_that_comes_twice_is_the_first():
    cut = cut_before(datetime(2026, 10, 24, tzinfo=UTC))
    assert slot_in_term(cut, weekday=6, hour=1, tz="Europe/London") == datetime(2026, 10, 25, 0, tzinfo=UTC)  # 01:00 BST


def test_the_hour_before_the_cut_belongs_to_the_week_that_ends():
    cut = datetime(2026, 11, 16, 6, tzinfo=UTC)
    assert slot_in_term(cut, weekday=0, hour=5, tz="Europe/London") == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert slot_in_term(cut, weekday=0, hour=6, tz="Europe/London") == cut


def test_a_reader_whose_clocks_change_in_another_week_has_an_hour_in_both():
    cut = datetime(2026, 10, 26, 6, tzinfo=UTC)
    first = slot_in_term(cut, weekday=0, hour=1, tz="America/New_York")
    assert first < cut_after(cut) <= slot_in_term(cut_after(cut), weekday=0, hour=1, tz="America/New_York")


def test_an_unknown_zone_is_read_as_london():
    cut = datetime(2026, 11, 16, 6, tzinfo=UTC)
    slot = slot_in_term(cut, weekday=4, hour=7, tz="Mars/Olympus")
    assert slot == datetime(2026, 11, 20, 7, tzinfo=UTC)


def test_a_half_hour_gap_is_stepped_over():
    zone = ZoneInfo("Australia/Lord_Howe")  # on 4 October 2026, 02:00 to 02:30 is missing
    assert wall_moment(datetime(2026, 10, 4, 2), zone).astimezone(zone).strftime("%H:%M") == "02:30"


def test_whoever_is_due_at_once_shares_a_minute():
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert full_minute(noon) == noon
    assert full_minute(noon + timedelta(microseconds=1)) == noon + timedelta(minutes=1)


@given(moments)
def test_every_moment_lies_in_exactly_one_day_of_a_daily(moment):
    before, after = cut_before(moment, stream=DAILY), cut_after(moment, stream=DAILY)
    assert before <= moment < after
    assert cut_before(after, stream=DAILY) == after
    assert cut_after(before, stream=DAILY) == after
    assert {local(before).strftime("%H:%M"), local(after).strftime("%H:%M")} == {"06:00"}
    assert (local(after).date() - local(before).date()).days == 1


@given(moments, hours, zones)
def test_a_dailys_hour_comes_once_in_each_day_and_knows_no_weekday(moment, hour, tz):
    cut = cut_before(moment, stream=DAILY)
    slots = {slot_in_term(cut, weekday=day, hour=hour, tz=tz, stream=DAILY) for day in range(7)}
    assert len(slots) == 1
    assert cut <= slots.pop() < cut_after(cut, stream=DAILY)


@pytest.mark.parametrize("change", [datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)])
@pytest.mark.parametrize(("stream", "terms"), [(WEEKLY, 3), (OUTCOMES, 3), (DAILY, 6)])
def test_terms_follow_each_other_across_a_change_of_clocks(change, stream, terms):
    cut = cut_before(change, stream=stream)
    for _ in range(terms):
        following = cut_after(cut, stream=stream)
        assert abs(following - cut - term_of(stream)) <= timedelta(hours=1)
        assert local(following).strftime("%H:%M") == "06:00"
        assert cut_before(following - timedelta(microseconds=1), stream=stream) == cut
        cut = following
