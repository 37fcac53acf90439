"""What was counted for one question, as a page tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: `part` of `whole`."""

    label: str
    letter: str
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    letter: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers as they are read. `heads` names the first column too."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """`sentence` first, then bars, table and a note, where there are any."""

    sentence: str
    bars: tuple[Bar, ...] = ()
    table: Table | None = None
    note: str = ""


NOBODY = Told("Nobody answered this question.")


def most_chosen(bars: tuple[Bar, ...], n: int, *, verb: str = "chosen") -> str:
    """Which was chosen most, by how many; all that are level are named."""
    if not n or not bars:
        return NOBODY.sentence
    most = max(bar.part for bar in bars)
    if not most:
        return f"None of them was {verb} by anybody."
    first = [f"“{bar.label}”" for bar in bars if bar.part == most]
    share = f"{100 * most / n:.1f}%"
    if len(first) == 1:
        return f"{first[0]} was {verb} most, by {most:,} of {n:,} ({share})."
    return f"{' and '.join(first)} were {verb} equally often, by {most:,} of {n:,} each ({share})."


def answers(n: int) -> str:
    """12 answers."""
    return f"{n:,} answer{'' if n == 1 else 's'}"


def average(total: int, n: int) -> str:
    """One decimal, halves away from zero; an en dash where there is nothing to divide by."""
    if not n:
        return "–"
    tenths = (20 * total + n) // (2 * n)
    return f"{tenths // 10:,}.{tenths % 10}"


def bars_of(counts: Mapping[str, Any], whole: int) -> tuple[Bar, ...]:
    """Of `choices`: [key, label, letter, how many] in the order asked."""
    return tuple(Bar(label, letter, part, whole) for _, label, letter, part in counts["choices"])
