"""How much paper posts take, told before somebody prints them. Pure."""

from collections.abc import Iterable
from math import ceil
from typing import Final

A_LINE: Final = 88
"""Characters of prose on a line of A4 in the print style."""
A_PAGE: Final = 38
"""Such lines on a page."""
ABOVE: Final = 14
"""What stands above the first post, in lines."""
AROUND: Final = 4
"""Lines that a post takes beside its text: who wrote it, when, and the space about it."""


def lines_of(texts: Iterable[str]) -> int:
    """Of posts in HTML, whose marks weigh about as much as the ends of their lines."""
    return sum(AROUND + ceil(len(text) / A_LINE) for text in texts)


def pages_for(lines: int) -> int:
    """Sheets of A4, as far as one can say without laying them out."""
    return max(1, ceil((ABOVE + lines) / A_PAGE))
