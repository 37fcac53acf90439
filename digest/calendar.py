"""When a stream's edition is cut and when a reader's hour comes. Pure: no clock, no tables.

A term runs from one cut to the next: a week from Monday 06:00 in London, a daily's London day from 06:00. A wall-clock time that
does not exist becomes the next that does; one that comes twice is the first.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from common.clock import LONDON, london_day, london_moment
from digest.streams import WEEKLY, category_of

CUT_WEEKDAY: Final = 0
CUT_TIME: Final = time(6, 0)


def is_daily(stream: str) -> bool:
    """Cut each day, for a category; any other stream is cut each week."""
    return category_of(stream) is not None


def term_of(stream: str) -> timedelta:
    """From one cut to the next, in days of the calendar: an hour less or more where the clocks change in between."""
    return timedelta(days=1 if is_daily(stream) else 7)


def cut_before(moment: datetime, *, stream: str = WEEKLY) -> datetime:
    """The last cut of a stream at or before an aware moment."""
    day = london_day(moment)
    if not is_daily(stream):
        day -= timedelta(days=(day.weekday() - CUT_WEEKDAY) % 7)
    cut = london_moment(day, CUT_TIME)
    return cut if cut <= moment else london_moment(day - term_of(stream), CUT_TIME)


def cut_after(moment: datetime, *, stream: str = WEEKLY) -> datetime:
    """The first cut of a stream after an aware moment."""
    return london_moment(london_day(cut_before(moment, stream=stream)) + term_of(stream), CUT_TIME)


def slot_in_term(cut: datetime, *, weekday: int, hour: int, tz: str, stream: str = WEEKLY) -> datetime:
    """The reader's own day and hour (0 = Monday; wall clock of `tz`) in the term that begins at `cut`: at or after the cut and
    before the next one, also where the reader's clocks change in another week than London's. A daily knows no day: its
    hour comes each day."""
    zone = zone_of(tz)
    first = cut.astimezone(zone).date()
    days = (first + timedelta(days=ahead) for ahead in range(9))
    mine = (day for day in days if is_daily(stream) or day.weekday() == weekday)
    slots = (wall_moment(datetime.combine(day, time(hour)), zone) for day in mine)
    return min(next(slot for slot in slots if slot >= cut), cut_after(cut, stream=stream) - timedelta(minutes=1))


def next_slot(after: datetime, *, weekday: int, hour: int, tz: str, stream: str = WEEKLY) -> datetime:
    """The reader's hour in the first term that begins after a moment."""
    return slot_in_term(cut_after(after, stream=stream), weekday=weekday, hour=hour, tz=tz, stream=stream)


def wall_moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """That wall-clock time in a zone, as a UTC moment."""
    while True:
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)


def full_minute(moment: datetime) -> datetime:
    """The next full minute at or after a moment: readers who are due at once share a run."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)


def zone_of(tz: str) -> ZoneInfo:
    """The zone of that name; London where there is none."""
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError):
        return LONDON
