"""What settings may be, and what keeps a list of choices from being asked."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from questions.definitions import Definition
from questions.kind import Check

MOST_CHOICES: Final = 40
_DECIMAL: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def is_flag(value: Any) -> bool:
    """Said, or not there."""
    return value is True


def whole_from(least: int, most: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def words_up_to(most: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value.strip()) <= most


def one_of(*values: str | int) -> Check:
    return lambda value: not isinstance(value, bool) and isinstance(value, (str, int)) and value in values


def is_decimal(value: Any) -> bool:
    """A number as text, exact: "0.25"."""
    return isinstance(value, str) and decimal_of(value) is not None


def decimal_of(text: str) -> Decimal | None:
    """Twelve digits before the point and six behind it at most."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def is_day(value: Any) -> bool:
    """As text: "2026-11-27"."""
    return isinstance(value, str) and day_of(value) is not None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def choice_faults(asked: Definition, *, least: int = 2, most: int = MOST_CHOICES) -> list[str]:
    """Too few, too many, or two that cannot be told apart."""
    faults = []
    if len(asked.choices) < least:
        faults.append("It needs at least two choices." if least == 2 else "It needs at least one.")
    if len(asked.choices) > most:
        faults.append(f"It has {len(asked.choices)} choices; {most} is the most. Shorten the list.")
    if len(set(asked.keys)) < len(asked.keys):
        faults.append("Two of its choices have the same key.")
    if len({label.casefold() for label in asked.labels.values()}) < len(set(asked.keys)):
        faults.append("Two of its choices read the same.")
    return faults
