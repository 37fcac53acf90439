"""London's calendar. The clock itself is read at the edge (views, tasks, commands) and passed on as `at=`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_moment(day: date, at: time) -> datetime:
    """That wall-clock time in London. One that does not exist (spring) becomes the next that does; one that comes twice
    (autumn) is the first."""
    wall = datetime.combine(day, at)
    while not _exists(wall):
        wall += timedelta(minutes=1)
    return wall.replace(tzinfo=LONDON)


def _exists(wall: datetime) -> bool:
    back = wall.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON)
    return back.replace(tzinfo=None) == wall


def london_day(moment: datetime) -> date:
    """The London calendar day of an aware moment."""
    return moment.astimezone(LONDON).date()


def after_london_day(day: date) -> datetime:
    """The midnight with which a London day ends."""
    return london_moment(day + timedelta(days=1), time(0))
