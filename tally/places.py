"""From scores, or from who stands above whom, to an order of tie groups, best first."""

from collections.abc import Callable, Mapping
from fractions import Fraction

Ranking = tuple[tuple[str, ...], ...]


def by_score(scores: Mapping[str, Fraction], *, lowest_first: bool = False) -> Ranking:
    """Put equal scores in one group; groups keep the order in which the scores name their members."""
    levels = sorted(set(scores.values()), reverse=not lowest_first)
    return tuple(tuple(who for who in scores if scores[who] == level) for level in levels)


def by_dominance(candidates: tuple[str, ...], above: Callable[[str, str], bool]) -> Ranking:
    """Take, again and again, all whom nobody left stands above; `above` must be free of circles."""
    ranking, left = [], candidates
    while left:
        group = tuple(who for who in left if not any(above(other, who) for other in left))
        ranking.append(group)
        left = tuple(who for who in left if who not in group)
    return tuple(ranking)
