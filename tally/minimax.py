"""Minimax over winning votes: the smallest worst defeat.

P. B. Simpson, On defining areas of voter choice, Quarterly Journal of Economics 83 (1969) 478–490; G. H. Kramer,
A dynamical model of political equilibrium, Journal of Economic Theory 16 (1977) 310–334.
"""

from dataclasses import dataclass
from fractions import Fraction

from tally.account import Step
from tally.ballots import Profile
from tally.duels import Duel, duels
from tally.places import by_score
from tally.results import Result
from tally.words import Naming, listed, number

UNIT = "votes for the winner of the worst defeat"
RULE = (
    "Every two options are compared head to head. An option's worst defeat is the one that its opponent won with the "
    "most votes; a draw is no defeat. The smallest worst defeat wins, and no defeat at all is the smallest. Equal "
    "ones stay tied."
)


@dataclass(frozen=True)
class WorstDefeat(Step):
    """How many votes the worst defeat was won with, and by whom; 0 and nobody for an option never beaten."""

    candidate: str
    votes: int
    by: tuple[str, ...]

    def sentence(self, name: Naming) -> str:
        if not self.by:
            return f"{name(self.candidate)} is never beaten."
        return f"{name(self.candidate)} loses at worst to {listed(map(name, self.by))}, with {number(self.votes)} votes."


def count(profile: Profile) -> Result:
    """Rank by worst defeat; a candidate who beats all others head to head comes first alone."""
    fought = duels(profile)
    defeats = [_worst(who, fought) for who in profile.candidates]
    scores = {defeat.candidate: Fraction(defeat.votes) for defeat in defeats}
    ranking = by_score(scores, lowest_first=True)
    return Result("minimax", "Smallest worst defeat (minimax)", RULE, ranking, UNIT, scores, (*fought, *defeats))


def _worst(who: str, fought: tuple[Duel, ...]) -> WorstDefeat:
    lost = [duel for duel in fought if duel.behind == who and not duel.drawn]
    most = max((duel.votes for duel in lost), default=0)
    return WorstDefeat(who, most, tuple(duel.ahead for duel in lost if duel.votes == most))
