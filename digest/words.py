"""Days, hours and counts as a reader says them. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from common.clock import LONDON

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_and_hour(weekday: int, hour: int) -> str:
    """Fridays at 07:00."""
    return f"{WEEKDAYS[weekday]}s at {hour:02}:00"


def long_day(moment: datetime) -> str:
    """Friday 27 November 2026, in London."""
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
