"""Plurality: most first places."""

from tally.account import Scores
from tally.ballots import Profile
from tally.first_places import first_places
from tally.places import by_score
from tally.results import Result

UNIT = "first places"
RULE = (
    "Each ballot counts once, for the option it puts first; where it puts several first, each gets an equal share. "
    "The most first places win. Equal totals stay tied."
)


def count(profile: Profile) -> Result:
    """Rank by first places; their sum and the blank ballots are all ballots cast."""
    first = first_places(profile.ballots, profile.candidates)
    step = Scores(UNIT, first.votes, shared=first.shared, blank=first.exhausted)
    ranking = by_score(first.votes)
    return Result("plurality", "First places", RULE, ranking, UNIT, first.votes, (step,))
