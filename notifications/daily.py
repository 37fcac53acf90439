"""When the daily mail goes: at one hour of every London day."""

from datetime import datetime, time, timedelta

from common.clock import london_day, london_moment


def next_daily(at: datetime, *, hour: int) -> datetime:
    """The first moment after `at` at which it is that hour (0 to 23) in London. An hour that a day does not have is the next
    moment that it has."""
    day = london_day(at)
    found = london_moment(day, time(hour))
    while found <= at:
        day += timedelta(days=1)
        found = london_moment(day, time(hour))
    return found
