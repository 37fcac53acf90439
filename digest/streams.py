"""The streams there are, and what their names mean. Pure; every table says which."""

import re
from typing import Final

WEEKLY: Final = "weekly"
OUTCOMES: Final = "outcomes"
_DAILY: Final = re.compile(r"daily\.([1-9][0-9]{0,9})", re.ASCII)


def masthead_of(stream: str) -> str:
    """What stands beside Plenary on top of a stream's mail, and in its List-Id."""
    return {WEEKLY: "Weekly", OUTCOMES: "Outcomes"}.get(stream, "Daily")


def headline_of(stream: str) -> str:
    """Where no editor wrote one."""
    return {WEEKLY: "The week in Plenary", OUTCOMES: "What became of it"}.get(stream, "New since the last edition")


def daily_of(category_id: int) -> str:
    """The stream of a category's daily."""
    return f"daily.{category_id}"


def category_of(stream: str) -> int | None:
    """The category whose daily a stream is; None for any other."""
    found = _DAILY.fullmatch(stream)
    return int(found[1]) if found else None
