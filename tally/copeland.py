"""Copeland: duels won minus duels lost (A. H. Copeland, A reasonable social welfare function, 1951)."""

from fractions import Fraction

from tally.account import Scores
from tally.ballots import Profile
from tally.duels import duels
from tally.places import by_score
from tally.results import Result

UNIT = "wins minus losses"
RULE = (
    "Every two options are compared head to head. Each gets one for every other it beats and loses one for every "
    "other that beats it; a draw counts nothing. The highest figure wins. Equal figures stay tied."
)


def count(profile: Profile) -> Result:
    """Rank by wins minus losses, which add up to nought."""
    balance = dict.fromkeys(profile.candidates, Fraction())
    fought = duels(profile)
    for duel in fought:
        if not duel.drawn:
            balance[duel.ahead] += 1
            balance[duel.behind] -= 1
    account = (*fought, Scores(UNIT, balance))
    return Result("copeland", "Wins minus losses (Copeland)", RULE, by_score(balance), UNIT, balance, account)
