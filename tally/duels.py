"""Every pair of candidates head to head, as the Condorcet methods see them."""

from dataclasses import dataclass
from itertools import combinations

from tally.account import Step
from tally.ballots import Profile
from tally.words import Naming, ballots, number


@dataclass(frozen=True)
class Duel(Step):
    """Ballots that strictly prefer `ahead`, or `behind`, or neither: in all, every ballot cast.

    Where both have as many, nobody wins, and the profile's order says who is named first.
    """

    ahead: str
    behind: str
    votes: int
    against: int
    indifferent: int

    @property
    def drawn(self) -> bool:
        return self.votes == self.against

    def sentence(self, name: Naming) -> str:
        if self.drawn:
            told = f"{name(self.ahead)} and {name(self.behind)} draw at {number(self.votes)} each"
        else:
            told = f"{name(self.ahead)} beats {name(self.behind)} by {number(self.votes)} to {number(self.against)}"
        rest = f"; {ballots(self.indifferent)} without a preference" if self.indifferent else ""
        return f"{told}{rest}."


def duels(profile: Profile) -> tuple[Duel, ...]:
    """One duel for each pair of candidates."""
    return tuple(_duel(profile, *pair) for pair in combinations(profile.candidates, 2))


def _duel(profile: Profile, one: str, other: str) -> Duel:
    votes, against = profile.pairwise[one, other], profile.pairwise[other, one]
    if against > votes:
        return _duel(profile, other, one)
    return Duel(one, other, votes, against, profile.total - votes - against)
