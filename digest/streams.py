"""The streams there are, and what their names mean. Pure; every table says which."""

import re
from typing import Final

WEEKLY: Final = "weekly"
OUTCOMES: Final = "outcomes"
_DAILY: Final = re.compile(r"daily\.([1-9][0-9]{0,9})", re.ASCII)


def daily_of(category_id: int) -> str:
    """The stream of a category's daily."""
    return f"daily.{category_id}"


def category_of(stream: str) -> int | None:
    """The category whose daily a stream is; None for any other."""
    found = _DAILY.fullmatch(stream)
    return int(found[1]) if found else None
