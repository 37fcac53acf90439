"""Days, hours and counts as a reader says them. Pure."""

from datetime import datetime
from typing import Final

from common.clock import LONDON, london_day
from common.moments import in_words

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_and_hour(weekday: int, hour: int) -> str:
    """Fridays at 07:00."""
    return f"{WEEKDAYS[weekday]}s at {hour:02}:00"


def long_day(moment: datetime) -> str:
    """Friday 27 November 2026, in London."""
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y}"


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
