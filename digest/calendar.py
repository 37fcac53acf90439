"""When the weekly is cut and when a reader's hour comes. Pure: no clock, no tables.

A week runs from one cut (Monday 06:00 in London) to the next. A wall-clock time that does not exist becomes the next that
does; one that comes twice is the first.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from common.clock import LONDON, london_day, london_moment

CUT_WEEKDAY: Final = 0
CUT_TIME: Final = time(6, 0)


def cut_before(moment: datetime) -> datetime:
    """The last cut at or before an aware moment."""
    day = london_day(moment)
    monday = day - timedelta(days=(day.weekday() - CUT_WEEKDAY) % 7)
    cut = london_moment(monday, CUT_TIME)
    return cut if cut <= moment else london_moment(monday - timedelta(days=7), CUT_TIME)


def cut_after(moment: datetime) -> datetime:
    """The first cut after an aware moment."""
    monday = london_day(cut_before(moment)) + timedelta(days=7)
    return london_moment(monday, CUT_TIME)


def slot_in_week(cut: datetime, *, weekday: int, hour: int, tz: str) -> datetime:
    """The reader's own day and hour (0 = Monday; wall clock of `tz`) in the week that begins at `cut`: at or after the cut and
    before the next one, also where the reader's clocks change in another week than London's."""
    zone = zone_of(tz)
    first = cut.astimezone(zone).date()
    days = (first + timedelta(days=ahead) for ahead in range(9))
    slots = (wall_moment(datetime.combine(day, time(hour)), zone) for day in days if day.weekday() == weekday)
    return min(next(slot for slot in slots if slot >= cut), cut_after(cut) - timedelta(minutes=1))


def next_slot(after: datetime, *, weekday: int, hour: int, tz: str) -> datetime:
    """The reader's hour in the first week that begins after a moment."""
    return slot_in_week(cut_after(after), weekday=weekday, hour=hour, tz=tz)


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
