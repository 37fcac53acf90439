"""Score: everybody gives points to each (W. D. Smith, Range voting, 2000)."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from tally.account import Scores
from tally.ballots import InvalidBallot, NegativeCount, UnknownCandidate
from tally.places import by_score
from tally.results import Result

UNIT = "points"
RULE = (
    "The points that all ballots give to an option are added up; a ballot that gives it none adds nothing, so that an "
    "option known to few is not put first by them. The most points win. Equal totals stay tied."
)

Given = Iterable[tuple[Mapping[str, int], int]]
"""Points by name, and how often they were given so."""


def count_scores(candidates: Sequence[str], cast: Given, *, most: int) -> Result:
    """Rank by the sum of points from 0 to `most`. Raises InvalidBallot."""
    if not candidates:
        raise InvalidBallot("There is nothing to count: no candidate stands.")
    totals = dict.fromkeys(candidates, 0)
    blank = 0
    for points, times in cast:
        if times < 0:
            raise NegativeCount(f"A ballot cannot be cast {times} times.")
        if unknown := points.keys() - totals.keys():
            raise UnknownCandidate(f"A ballot names {sorted(unknown)}, who do not stand.")
        if not all(0 <= each <= most for each in points.values()):
            raise InvalidBallot(f"Points run from 0 to {most}.")
        for who, each in points.items():
            totals[who] += each * times
        blank += 0 if len({points.get(who, 0) for who in candidates}) > 1 else times
    scores = {who: Fraction(has) for who, has in totals.items()}
    return Result("score", "Points for each", RULE, by_score(scores), UNIT, scores, (Scores(UNIT, scores, blank=blank),))
