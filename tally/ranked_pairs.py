"""Ranked pairs over winning votes.

T. N. Tideman, Independence of clones as a criterion for voting rules, Social Choice and Welfare 4 (1987) 185–206.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from tally import lots
from tally.account import Step
from tally.ballots import Profile
from tally.duels import Duel, duels
from tally.order import Order
from tally.places import by_dominance
from tally.results import Result
from tally.words import Naming, number

UNIT = "options it stands above"
RULE = (
    "Every two options are compared head to head. The duels are taken in order: the most votes for the winner first, "
    "then the fewest for the loser. Each is locked in unless it would close a circle with those locked before. Where "
    "duels that are equal in both contradict one another, they are taken in the order of " + lots.RULE + " (by the "
    "winner's lot, then the loser's). An option stands above all to whom locked duels lead; those whom nobody left "
    "stands above are tied."
)


@dataclass(frozen=True)
class Lock(Step):
    """A duel won, in the order taken: locked in, or passed over. `by_lot`: its turn among equals was drawn."""

    winner: str
    loser: str
    votes: int
    against: int
    locked: bool
    by_lot: bool

    def sentence(self, name: Naming) -> str:
        turn = ", its turn drawn by lot," if self.by_lot else ""
        fate = "is locked in" if self.locked else "is passed over, for it would close a circle"
        score = f"{number(self.votes)} to {number(self.against)}"
        return f"{name(self.winner)} over {name(self.loser)} ({score}){turn} {fate}."


def count(profile: Profile) -> Result:
    """Rank by what is locked in; a candidate who beats all others head to head comes first alone."""
    fought = duels(profile)
    order, locks = Order(), []

    def strength(duel: Duel) -> tuple[int, int]:
        return -duel.votes, duel.against

    for _, equal in groupby(sorted((duel for duel in fought if not duel.drawn), key=strength), key=strength):
        locks += _lock_equals(order, list(equal), profile)
    everybody = profile.candidates
    scores = {who: Fraction(sum(above == who for above, _ in order.pairs)) for who in everybody}
    return Result(
        "ranked_pairs",
        "Ranked pairs",
        RULE,
        by_dominance(everybody, lambda one, other: (one, other) in order.pairs),
        UNIT,
        scores,
        (*fought, *locks),
        tie_broken=any(lock.by_lot for lock in locks),
    )


def _lock_equals(order: Order, equal: list[Duel], profile: Profile) -> list[Lock]:
    possible = [duel for duel in equal if order.allows(duel)]
    trial = Order(order.pairs)
    contradict = not all(trial.lock(duel) for duel in possible)
    if contradict:
        lot = lots.drawn(profile, profile.candidates)
        equal = sorted(equal, key=lambda duel: (lot.index(duel.ahead), lot.index(duel.behind)))
    return [
        Lock(duel.ahead, duel.behind, duel.votes, duel.against, order.lock(duel), contradict and duel in possible)
        for duel in equal
    ]
