"""Counting preference ballots, exactly and with an account of every step. Pure: no Django, no clock, no chance.

`count(Profile(candidates, ballots))` gives a `Result` per method; `docs/tally.md` states every rule and its source.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from tally import borda, copeland, irv, minimax, plurality, ranked_pairs, schulze
from tally.approval import count_approvals
from tally.ballots import Ballot, CandidateTwice, InvalidBallot, NegativeCount, Profile, UnknownCandidate
from tally.results import Result
from tally.score import count_scores
from tally.words import number

__all__ = [
    "METHODS",
    "Ballot",
    "CandidateTwice",
    "InvalidBallot",
    "NegativeCount",
    "Profile",
    "Result",
    "UnknownCandidate",
    "UnknownMethod",
    "count",
    "count_approvals",
    "count_scores",
    "number",
]

METHODS: Mapping[str, Callable[[Profile], Result]] = MappingProxyType(
    {
        "plurality": plurality.count,
        "borda": borda.count,
        "irv": irv.count,
        "schulze": schulze.count,
        "copeland": copeland.count,
        "minimax": minimax.count,
        "ranked_pairs": ranked_pairs.count,
    }
)


class UnknownMethod(ValueError):
    """No method of counting goes by that name."""


def count(profile: Profile, methods: Iterable[str] = tuple(METHODS)) -> dict[str, Result]:
    """Count one profile by each method, in the order asked for; raise `UnknownMethod` for a name not in METHODS."""
    asked = tuple(methods)
    if unknown := [method for method in asked if method not in METHODS]:
        raise UnknownMethod(f"Not known: {', '.join(unknown)}. Known: {', '.join(METHODS)}.")
    return {method: METHODS[method](profile) for method in asked}
