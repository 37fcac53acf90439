"""Instant run-off: whoever has the fewest first places goes out, until one is left."""

from collections.abc import Sequence

from tally import elimination
from tally.ballots import Profile
from tally.elimination import Decided, Elimination, eliminate
from tally.first_places import FirstPlaces, first_places
from tally.results import Result
from tally.rounds import LastRound, Round

UNIT = "first places when last counted"
RULE = (
    "Each ballot counts for the option it puts highest among those still in; where it puts several highest, each gets "
    "an equal share; where it ranks none of them, it is exhausted. The option with the fewest goes out, and its "
    "ballots count for the next they rank, until one is left. " + elimination.RULE
)


def count(profile: Profile) -> Result:
    """Rank by who stays in longest. The count goes on past a majority, so that everybody gets a place."""
    rounds: list[Round] = []
    now = first_places(profile.ballots, profile.candidates)
    leaving = eliminate(now.votes, (), profile)
    while leaving and len(leaving.out) < len(now.votes) - 1:
        after = first_places(profile.ballots, [who for who in now.votes if who not in leaving.out])
        rounds.append(_round(rounds, now, after, leaving))
        now = after
        leaving = eliminate(now.votes, [past.votes for past in rounds], profile)
    beaten = leaving.out if leaving else ()
    elected = tuple(who for who in now.votes if who not in beaten)
    last = LastRound(len(rounds) + 1, now.votes, now.exhausted, elected)
    ranking = (elected, beaten, *(past.out for past in reversed(rounds)))
    scores = {who: votes for past in rounds for who, votes in past.votes.items()} | now.votes
    return Result(
        "irv",
        "Instant run-off",
        RULE,
        tuple(filter(None, ranking)),
        UNIT,
        scores,
        (*rounds, last),
        tie_broken=any(past.decided in {Decided.EARLIER_ROUND, Decided.LOT} for past in rounds),
    )


def _round(before: Sequence[Round], now: FirstPlaces, after: FirstPlaces, leaving: Elimination) -> Round:
    gains = {who: votes - now.votes[who] for who, votes in after.votes.items()}
    ahead, votes = max(now.votes.items(), key=lambda item: item[1])
    known = any(past.majority for past in before)
    return Round(
        number=len(before) + 1,
        votes=now.votes,
        exhausted=now.exhausted,
        fewest=leaving.fewest,
        out=leaving.out,
        decided=leaving.decided,
        passed={who: gain for who, gain in gains.items() if gain},
        newly_exhausted=after.exhausted - now.exhausted,
        majority=ahead if not known and votes * 2 > sum(now.votes.values()) else None,
    )
