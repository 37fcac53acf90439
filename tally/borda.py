"""Borda: points for places (J.-C. de Borda, Mémoire sur les élections au scrutin, 1781)."""

from fractions import Fraction

from tally.account import Scores
from tally.ballots import Profile
from tally.places import by_score
from tally.results import Result

UNIT = "points"
RULE = (
    "With n options a ballot gives n points to its first, n − 1 to its second, down to 1 for its last. Options it "
    "ties get the average of the places they fill together; those it does not name share the lowest places so. "
    "The most points win. Equal totals stay tied."
)


def count(profile: Profile) -> Result:
    """Rank by points; each ballot gives n(n + 1)/2 of them in all."""
    # Doubled, because the average of consecutive whole numbers is a half at worst.
    doubled = dict.fromkeys(profile.candidates, 0)
    shared = blank = 0
    for ballot in profile.ballots:
        unnamed = doubled.keys() - ballot.named
        best = len(doubled)
        for group in filter(None, (*ballot.groups, unnamed)):
            for who in group:
                doubled[who] += ballot.count * (2 * best - len(group) + 1)
            best -= len(group)
        blank += 0 if ballot.groups else ballot.count
        shared += ballot.count if ballot.groups and len(ballot.groups[0]) > 1 else 0
    points = {who: Fraction(has, 2) for who, has in doubled.items()}
    step = Scores(UNIT, points, shared=shared, blank=blank)
    return Result("borda", "Points for places (Borda)", RULE, by_score(points), UNIT, points, (step,))
