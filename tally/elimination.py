"""Who goes out of a round of instant run-off, and what decided it where several have the fewest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tally import lots
from tally.ballots import Profile

RULE = (
    "Where several have the fewest: if everybody still in is level, the count ends and they share the place; if those "
    "with the fewest together hold less than any other, they go out together and share a place; else the one goes out "
    "who had the fewest in the latest earlier round that tells them apart; else the one drawn by " + lots.RULE + "."
)


class Decided(StrEnum):
    """How a tie for the fewest was settled; the last two break it, `TOGETHER` changes nobody's chances."""

    TOGETHER = "together"
    EARLIER_ROUND = "earlier round"
    LOT = "lot"


@dataclass(frozen=True)
class Elimination:
    """`fewest`: all who had the fewest; `out`: those of them who go; `decided`: None where only one had the fewest."""

    fewest: tuple[str, ...]
    out: tuple[str, ...]
    decided: Decided | None = None


def eliminate(votes: Mapping[str, Fraction], earlier: Sequence[Mapping[str, Fraction]], profile: Profile) -> Elimination | None:
    """Decide by the rule above; None when everybody still in is level. `earlier`: the votes of all rounds before."""
    fewest = _lowest(votes, tuple(votes))
    others = [has for who, has in votes.items() if who not in fewest]
    if not others:
        return None
    if len(fewest) == 1:
        return Elimination(fewest, fewest)
    if sum(votes[who] for who in fewest) < min(others):
        return Elimination(fewest, fewest, Decided.TOGETHER)
    tied = fewest
    for before in reversed(earlier):
        tied = _lowest(before, tied)
    if len(tied) == 1:
        return Elimination(fewest, tied, Decided.EARLIER_ROUND)
    return Elimination(fewest, lots.drawn(profile, tied)[:1], Decided.LOT)


def _lowest(votes: Mapping[str, Fraction], among: tuple[str, ...]) -> tuple[str, ...]:
    least = min(votes[who] for who in among)
    return tuple(who for who in among if votes[who] == least)
