"""Days, hours and counts as a reader says them. Pure."""

from datetime import date, datetime
from functools import lru_cache
from typing import Final

from common.clock import LONDON, london_day
from common.moments import in_words
from digest.calendar import zone_of
from digest.slowing import USUAL
from digest.streams import category_of
from digest.zones import LONDON as LONDON_ZONE
from digest.zones import zone_name

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def comes(stream: str, *, weekday: int, hour: int, tz: str = LONDON_ZONE, pace: str = USUAL) -> str:
    """“on Fridays at 07:00”, “every day at 07:00”, slowed down “once a month, on a Friday at 07:00”; elsewhere than in London
    with the place whose time it is."""
    rhythm = f"on {WEEKDAYS[weekday]}s" if category_of(stream) is None else "every day"
    rhythm = rhythm if pace == USUAL else f"once a month, on a {WEEKDAYS[weekday]}"
    place = "" if tz == LONDON_ZONE else f" ({zone_name(tz)} time)"
    return f"{rhythm} at {hour:02}:00{place}"


def day_there(moment: datetime, *, tz: str) -> str:
    """11 January 2027, by the calendar of the place where somebody reads."""
    there = moment.astimezone(zone_of(tz))
    return f"{there.day} {there:%B %Y}"


def hour_there(moment: datetime, *, tz: str) -> str:
    """Friday 4 December 2026, 09:00; elsewhere than in London with the place whose time it is."""
    there = moment.astimezone(zone_of(tz))
    place = "" if tz == LONDON_ZONE else f" ({zone_name(tz)} time)"
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M}{place}"


def long_day(moment: datetime) -> str:
    """Friday 27 November 2026, in London."""
    return _day_in_words(london_day(moment))


@lru_cache(4_096)
def _day_in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def month_and_year(moment: datetime) -> str:
    """March 2026, in London."""
    return f"{moment.astimezone(LONDON):%B %Y}"


def span_words(starts: datetime, ends: datetime) -> str:
    """The time that an edition tells of: this week; since yesterday; after an outage, since 12 November 2026."""
    days = (london_day(ends) - london_day(starts)).days
    if days in {1, 7}:
        return "since yesterday" if days == 1 else "this week"
    return f"since {in_words(starts, now=ends, style='day')}"


def deadline(moment: datetime, *, now: datetime) -> str:
    """Closes in 5 days: Friday 4 December 2026, 23:59. Counted in London's calendar days, from the day of reading."""
    days, when = (london_day(moment) - london_day(now)).days, in_words(moment, now=now, style="full")
    if moment <= now:
        return f"Closed on {when}"
    soon = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"Closes {soon}: {when}"
