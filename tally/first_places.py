"""Which of the candidates still in each ballot counts for: its highest group, shared equally if tied."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from tally.ballots import Ballot


@dataclass(frozen=True)
class FirstPlaces:
    """Votes per candidate still in; whole ballots counted in equal shares; whole ballots that rank none of them."""

    votes: dict[str, Fraction]
    shared: int
    exhausted: int


def first_places(ballots: Iterable[Ballot], still_in: Collection[str]) -> FirstPlaces:
    """Count exactly: votes and exhausted ballots always add up to all ballots."""
    # Whole numbers of a unit into which every share divides: many times faster than adding fractions.
    unit = lcm(*range(1, len(still_in) + 1))
    running = frozenset(still_in)
    units = dict.fromkeys(still_in, 0)
    shared = exhausted = 0
    for ballot in ballots:
        first = next(filter(None, (group & running for group in ballot.groups)), None)
        if first is None:
            exhausted += ballot.count
            continue
        shared += ballot.count if len(first) > 1 else 0
        for who in first:
            units[who] += ballot.count * unit // len(first)
    votes = {who: Fraction(has, unit) for who, has in units.items()}
    return FirstPlaces(votes, shared, exhausted)
