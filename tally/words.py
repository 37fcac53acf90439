"""Numbers and lists as a reader expects them in a sentence."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TypeAlias

Naming: TypeAlias = Callable[[str], str]
"""From a candidate's identifier to the name a reader knows it by."""

VULGAR = {
    Fraction(1, 2): "½",
    Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔",
    Fraction(1, 4): "¼",
    Fraction(3, 4): "¾",
}


def number(value: Fraction | int) -> str:
    """Exact: 4313 is "4,313", 83/2 is "41½", 7/5 is "1 2/5", -3 is "−3"."""
    sign = "−" if value < 0 else ""
    whole, rest = divmod(abs(Fraction(value)), 1)
    if not rest:
        return f"{sign}{whole:,}"
    part = VULGAR.get(rest, f" {rest}")
    return sign + (f"{whole:,}{part}" if whole else part.strip())


def listed(words: Iterable[str]) -> str:
    """Join words as in "A, B and C"; there must be one at least."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def verb(count: Fraction | int, one: str, many: str) -> str:
    """Choose the form that agrees: `one` for anything above 0 up to 1, else `many`."""
    return one if 0 < count <= 1 else many


def ballots(count: Fraction | int) -> str:
    """Count them: "1 ballot", "12 ballots", "½ ballot"."""
    return f"{number(count)} {verb(count, 'ballot', 'ballots')}"
