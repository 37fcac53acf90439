"""Schulze's method over winning votes.

M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method, Social Choice and Welfare 36 (2011) 267–303.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from typing import TypeAlias

from tally.account import Step
from tally.ballots import Profile
from tally.duels import duels
from tally.places import by_dominance
from tally.results import Result
from tally.words import Naming, number

UNIT = "options it stands above"
RULE = (
    "Every two options are compared head to head. A chain leads from one option to another where each beats the next, "
    "and is as strong as the fewest votes by which one of its links is won. An option stands above another if its "
    "strongest chain to it is stronger than the strongest chain back. The order takes, again and again, all whom "
    "nobody left stands above; they are tied."
)


@dataclass(frozen=True)
class Chain:
    """A chain of duels won, from its first to its last candidate; its strength is 0 and its route empty if none is."""

    strength: int
    route: tuple[str, ...]


Chains: TypeAlias = Mapping[tuple[str, str], Chain]


@dataclass(frozen=True)
class Comparison(Step):
    """The strongest chain from `above` to `below` and the strongest back; equal strengths leave the two level."""

    above: str
    below: str
    strength: int
    route: tuple[str, ...]
    strength_back: int
    route_back: tuple[str, ...]

    def sentence(self, name: Naming) -> str:
        def chain(route: tuple[str, ...], strength: int) -> str:
            return f"{' → '.join(map(name, route))} ({number(strength)})" if route else "none"

        verdict = "stands above" if self.strength > self.strength_back else "is level with"
        return (
            f"{name(self.above)} {verdict} {name(self.below)}: strongest chain {chain(self.route, self.strength)}, "
            f"strongest back {chain(self.route_back, self.strength_back)}."
        )


def count(profile: Profile) -> Result:
    """Rank by strongest chains; a candidate who beats all others head to head comes first alone."""
    chains = strongest_chains(profile)

    def above(one: str, other: str) -> bool:
        return one != other and chains[one, other].strength > chains[other, one].strength

    comparisons = []
    for one, other in combinations(profile.candidates, 2):
        upper, lower = (other, one) if above(other, one) else (one, other)
        there, back = chains[upper, lower], chains[lower, upper]
        comparisons.append(Comparison(upper, lower, there.strength, there.route, back.strength, back.route))
    everybody = profile.candidates
    scores = {who: Fraction(sum(above(who, other) for other in everybody)) for who in everybody}
    account = (*duels(profile), *comparisons)
    return Result("schulze", "Schulze", RULE, by_dominance(everybody, above), UNIT, scores, account)


def strongest_chains(profile: Profile) -> Chains:
    """Find the strongest chain for each ordered pair, by Floyd and Warshall's algorithm, as the paper does."""
    chains = {pair: Chain(0, ()) for pair in permutations(profile.candidates, 2)}
    for duel in duels(profile):
        if not duel.drawn:
            chains[duel.ahead, duel.behind] = Chain(duel.votes, (duel.ahead, duel.behind))
    for via, start, end in permutations(profile.candidates, 3):
        first, second = chains[start, via], chains[via, end]
        strength = min(first.strength, second.strength)
        if strength > chains[start, end].strength:
            chains[start, end] = Chain(strength, first.route + second.route[1:])
    return chains
