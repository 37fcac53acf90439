"""London calendar days of a consultation: it closes at 23:59 of its last day."""

from datetime import date, datetime, time, timedelta

from common.clock import london_day, london_moment

LEAST_DAYS = 28
LAST_MINUTE = time(23, 59)


def last_day(opens_at: datetime, days: int) -> date:
    """The day on which it closes when it is open for that many days."""
    return london_day(opens_at) + timedelta(days=days)


def earliest_last_day(opens_at: datetime) -> date:
    return last_day(opens_at, LEAST_DAYS)


def close_of(day: date) -> datetime:
    """The moment from which no answer is accepted."""
    return london_moment(day, LAST_MINUTE)


def days_open(opened_at: datetime, closes_at: datetime) -> int:
    return (london_day(closes_at) - london_day(opened_at)).days


def days_left(moment: datetime, closes_at: datetime) -> int:
    """0 on the last day; never below."""
    return max((london_day(closes_at) - london_day(moment)).days, 0)
