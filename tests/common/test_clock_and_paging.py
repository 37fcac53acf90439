from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import london_day, london_moment
from common.paging import BadCursor, read_cursor, take_page, write_cursor


def test_a_time_that_does_not_exist_becomes_the_next_that_does():
    assert london_moment(date(2026, 3, 29), time(1, 30)).astimezone(UTC) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first():
    assert london_moment(date(2026, 10, 25), time(1, 30)).astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_day_is_londons():
    assert london_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)


@given(st.lists(st.one_of(st.integers(), st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"))), max_size=4))
def test_a_cursor_comes_back_as_it_was(values):
    assert read_cursor(write_cursor(tuple(values)), length=len(values)) == tuple(values)


@pytest.mark.parametrize("text", ["", "x", "!!!", "WzFd" * 50, write_cursor((1, 2)), "bnVsbA", "WyJcdTAwMDAiXQ"])
def test_an_altered_cursor_is_refused(text):
    with pytest.raises(BadCursor):
        read_cursor(text, length=1)


def test_a_page_says_what_lies_beside_it():
    page = take_page([9, 8, 7], size=2, key=lambda row: (row,), has_newer=False)
    assert list(page.rows) == [9, 8]
    assert read_cursor(page.older, length=1) == (8,)
    assert page.newer == ""
