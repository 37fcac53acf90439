"""Each rule again, from its definition and as plainly as possible; nothing of `tally` but its ballots and its lot.

Slow on purpose: every single ballot is looked at, every order and every chain is walked.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, permutations

from tally import Profile, lots

Paper = list[set[str]]


def papers(profile: Profile) -> list[Paper]:
    """Every ballot cast, one by one."""
    return [[set(group) for group in ballot.groups] for ballot in profile.ballots for _ in range(ballot.count)]


def level(paper: Paper, who: str) -> int:
    return next((place for place, group in enumerate(paper) if who in group), len(paper))


@lru_cache(maxsize=1)
def preferring(profile: Profile) -> dict[tuple[str, str], int]:
    """For each ordered pair, how many ballots put the first strictly above the second."""
    return {
        (one, other): sum(level(paper, one) < level(paper, other) for paper in papers(profile))
        for one, other in permutations(profile.candidates, 2)
    }


def borda(profile: Profile) -> dict[str, Fraction]:
    """The average, over every order that a ballot leaves open, of n points for the first down to 1 for the last."""
    points = dict.fromkeys(profile.candidates, Fraction())
    for paper in papers(profile):
        orders = [
            order
            for order in permutations(profile.candidates)
            if [level(paper, who) for who in order] == sorted(level(paper, who) for who in order)
        ]
        for who in profile.candidates:
            total = sum(len(order) - order.index(who) for order in orders)
            points[who] += Fraction(total, len(orders))
    return points


def highest(paper: Paper, still_in: set[str]) -> set[str]:
    """Whom a ballot counts for; nobody where it names nobody still in."""
    best = min(level(paper, who) for who in still_in)
    return set() if best == len(paper) else {who for who in still_in if level(paper, who) == best}


def irv(profile: Profile) -> list[set[str]]:
    """Strike out, recount every ballot from scratch, and again; tie groups, best first."""
    still_in, history, gone = set(profile.candidates), [], []
    while True:
        votes = dict.fromkeys(still_in, Fraction())
        for paper in papers(profile):
            for who in (counted := highest(paper, still_in)):
                votes[who] += Fraction(1, len(counted))
        history.append(votes)
        worst = {who for who in still_in if votes[who] == min(votes.values())}
        if worst == still_in:
            return [still_in, *reversed(gone)]
        rest = min(votes[who] for who in still_in - worst)
        if len(worst) > 1 and sum(votes[who] for who in worst) >= rest:
            for past in reversed(history):
                worst = {who for who in worst if past[who] == min(past[each] for each in worst)}
            worst = {lots.drawn(profile, worst)[0]}
        still_in = still_in - worst
        gone.append(worst)


def strongest_chain(profile: Profile, start: str, end: str) -> int:
    """Try every chain of duels won; 0 where none leads there."""
    between = set(profile.candidates) - {start, end}
    best, votes = 0, preferring(profile)
    for length in range(len(between) + 1):
        for middle in permutations(between, length):
            route = [start, *middle, end]
            links = list(pairwise(route))
            if all(votes[link] > votes[link[::-1]] for link in links):
                best = max(best, min(votes[link] for link in links))
    return best


def leads(won: set[tuple[str, str]], start: str, end: str) -> bool:
    """Whether a chain of pairs leads from one to another; the pairs turn in no circle."""
    return (start, end) in won or any(leads(won, below, end) for above, below in won if above == start)


def locked_pairs(profile: Profile, turns: tuple[str, ...]) -> set[tuple[str, str]]:
    """Duels locked in one at a time; equal ones in turn by their winner, then their loser."""
    votes = preferring(profile)
    duels = sorted(
        (pair for pair in votes if votes[pair] > votes[pair[::-1]]),
        key=lambda pair: (-votes[pair], votes[pair[::-1]], turns.index(pair[0]), turns.index(pair[1])),
    )
    locked: set[tuple[str, str]] = set()
    for winner, loser in duels:
        if not leads(locked, loser, winner):
            locked.add((winner, loser))
    return locked


def approvals(candidates: tuple[str, ...], sets: list[frozenset[str]]) -> dict[str, int]:
    """Ballot by ballot: how many hold each."""
    return {who: len([approved for approved in sets if who in approved]) for who in candidates}


def points(candidates: tuple[str, ...], given: list[dict[str, int]]) -> dict[str, int]:
    """Ballot by ballot: what each gives, nothing where it gives none."""
    return {who: sum(ballot.get(who, 0) for ballot in given) for who in candidates}
