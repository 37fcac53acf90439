"""Approval: everybody names whom they could support (Brams and Fishburn, American Political Science Review 72, 1978)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tally.account import Scores
from tally.ballots import InvalidBallot, NegativeCount, UnknownCandidate
from tally.places import by_score
from tally.results import Result

UNIT = "approvals"
RULE = (
    "Each ballot counts once for every option that it approves of; it prefers none of these to another. The most "
    "approvals win. Equal totals stay tied."
)


def count_approvals(candidates: Sequence[str], cast: Mapping[frozenset[str], int]) -> Result:
    """Rank by approvals; `cast` says how often each set of names was approved of, an empty one included. Raises InvalidBallot."""
    if not candidates:
        raise InvalidBallot("There is nothing to count: no candidate stands.")
    approvals = dict.fromkeys(candidates, 0)
    for approved, times in cast.items():
        if times < 0:
            raise NegativeCount(f"A ballot cannot be cast {times} times.")
        if unknown := approved - approvals.keys():
            raise UnknownCandidate(f"A ballot names {sorted(unknown)}, who do not stand.")
        for who in approved:
            approvals[who] += times
    scores = {who: Fraction(has) for who, has in approvals.items()}
    step = Scores(UNIT, scores, blank=sum(times for approved, times in cast.items() if len(approved) in {0, len(approvals)}))
    return Result("approval", "Approval", RULE, by_score(scores), UNIT, scores, (step,))
