from datetime import UTC, datetime

import pytest

from common.moments import in_words

NOW = datetime(2026, 11, 19, 9, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "moment", "words"),
    [
        ("short", datetime(2026, 11, 19, 7, 10, tzinfo=UTC), "Today, 07:10"),
        ("short", datetime(2026, 11, 18, 19, 52, tzinfo=UTC), "Yesterday, 19:52"),
        ("short", datetime(2026, 11, 17, 12, 40, tzinfo=UTC), "17 Nov, 12:40"),
        ("short", datetime(2025, 11, 7, 12, 40, tzinfo=UTC), "7 Nov 2025, 12:40"),
        ("within", datetime(2026, 11, 19, 7, 10, tzinfo=UTC), "today, 07:10"),
        ("within", datetime(2026, 11, 17, 12, 40, tzinfo=UTC), "17 Nov, 12:40"),
        ("brief", datetime(2026, 11, 19, 9, 23, 30, tzinfo=UTC), "now"),
        ("brief", datetime(2026, 11, 19, 9, 16, tzinfo=UTC), "8 min"),
        ("brief", datetime(2026, 11, 19, 7, 16, tzinfo=UTC), "2 h"),
        ("brief", datetime(2026, 11, 18, 23, 0, tzinfo=UTC), "Yesterday"),
        ("brief", datetime(2026, 11, 16, 9, 0, tzinfo=UTC), "Mon"),
        ("brief", datetime(2026, 11, 12, 9, 0, tzinfo=UTC), "12 Nov"),
        ("brief", datetime(2025, 11, 12, 9, 0, tzinfo=UTC), "12 Nov 2025"),
        ("plain", datetime(2026, 11, 19, 7, 10, tzinfo=UTC), "19 Nov 2026, 07:10"),
        ("day", datetime(2026, 11, 7, 7, 10, tzinfo=UTC), "7 November 2026"),
        ("due", datetime(2026, 12, 4, 23, 59, tzinfo=UTC), "Fri 4 Dec, 23:59"),
        ("due", datetime(2027, 1, 8, 23, 59, tzinfo=UTC), "Fri 8 Jan 2027, 23:59"),
        ("full", datetime(2026, 12, 4, 23, 59, tzinfo=UTC), "Friday 4 December 2026, 23:59"),
        ("clock", datetime(2026, 7, 1, 7, 5, tzinfo=UTC), "08:05"),
    ],
)
def test_says_a_moment_as_a_reader_in_london_would(style: str, moment: datetime, words: str) -> None:
    assert in_words(moment, now=NOW, style=style) == words


def test_days_change_at_londons_midnight_not_at_greenwichs() -> None:
    late_on_the_first = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 on 1 July in London
    assert in_words(late_on_the_first, now=datetime(2026, 7, 1, 8, 0, tzinfo=UTC)) == "Today, 00:30"


def test_a_moment_just_ahead_of_our_clock_is_told_as_a_day_and_not_as_a_negative_age() -> None:
    assert in_words(datetime(2026, 11, 19, 9, 30, tzinfo=UTC), now=NOW, style="brief") == "19 Nov"


def test_an_unknown_style_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="longish"):
        in_words(NOW, now=NOW, style="longish")
