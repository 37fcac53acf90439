"""What stands first, and why: the same for everybody, in words that an editor can check. Pure."""

from dataclasses import dataclass
from typing import Final

A_REACTION: Final = 0.5
"""A post costs its writer more than a press on a button costs a reader."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A place: `points`, more is higher, and what they are made of."""

    points: float
    words: str


def rank_of_debate(*, people: int, reactions: int) -> Rank:
    """Everybody who wrote in it counts one, however much they wrote; every reaction to what was written counts a half."""
    points = people + reactions * A_REACTION
    wrote = f"{people:,} {'person' if people == 1 else 'people'} wrote ({people:,})"
    reacted = (
        f"{reactions:,} {'reaction counts' if reactions == 1 else 'reactions count'} a half ({_figure(reactions * A_REACTION)})"
    )
    return Rank(points, f"{wrote}, {reacted}: {_figure(points)} {'point' if points == 1 else 'points'}")


def _figure(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")
