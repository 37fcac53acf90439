"""Moments in words, in London's time: pure, the clock comes in as `now`."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from common.clock import LONDON, london_day


def in_words(moment: datetime, *, now: datetime, style: str = "short") -> str:
    """An aware moment as a reader in London would say it. Raises KeyError for a style that is not in STYLES."""
    return STYLES[style](moment.astimezone(LONDON), now.astimezone(LONDON))


def _short(then: datetime, now: datetime) -> str:
    """Today, 07:10; Yesterday, 19:52; 17 Nov, 12:40; 17 Nov 2025, 12:40."""
    days = (london_day(now) - london_day(then)).days
    if days in (0, 1):
        return f"{('Today', 'Yesterday')[days]}, {then:%H:%M}"
    if then.year == now.year:
        return f"{then.day} {then:%b, %H:%M}"
    return _plain(then, now)


def _within(then: datetime, now: datetime) -> str:
    """Short, within a sentence: since today, 07:10; saved yesterday, 19:52."""
    words = _short(then, now)
    return words[0].lower() + words[1:]


def _brief(then: datetime, now: datetime) -> str:
    """For the last column of a list: now, 8 min, 2 h, Yesterday, Mon, 20 Nov, 20 Nov 2025."""
    seconds = (now - then).total_seconds()
    days = (london_day(now) - london_day(then)).days
    if 0 <= seconds < 60:
        return "now"
    if 0 <= seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds >= 0 and days == 0:
        return f"{int(seconds // 3600)} h"
    if days == 1:
        return "Yesterday"
    if 1 < days < 7:
        return f"{then:%a}"
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then.day} {then:%b %Y}"


def _plain(then: datetime, now: datetime) -> str:
    """Never relative, for what is kept in a cache: 17 Nov 2026, 12:40."""
    return f"{then.day} {then:%b %Y, %H:%M}"


def _day(then: datetime, now: datetime) -> str:
    """17 November 2026."""
    return f"{then.day} {then:%B %Y}"


def _due(then: datetime, now: datetime) -> str:
    """A deadline, short: Fri 4 Dec, 23:59; with the year where it is another one."""
    year = "" if then.year == now.year else f" {then.year}"
    return f"{then:%a} {then.day} {then:%b}{year}, {then:%H:%M}"


def _full(then: datetime, now: datetime) -> str:
    """Friday 4 December 2026, 23:59."""
    return f"{then:%A} {then.day} {then:%B %Y, %H:%M}"


def _clock(then: datetime, now: datetime) -> str:
    """Within the hour or two: 22:38."""
    return f"{then:%H:%M}"


STYLES: Final[dict[str, Callable[[datetime, datetime], str]]] = {
    "short": _short,
    "within": _within,
    "brief": _brief,
    "plain": _plain,
    "day": _day,
    "due": _due,
    "full": _full,
    "clock": _clock,
}
LOCAL_STYLES: Final = frozenset({"short", "within", "plain"})
"""What a script may rewrite in the reader's own zone. Deadlines and days stay London's."""
