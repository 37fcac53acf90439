"""Drawing. Pure: what is drawn hangs on the seed and on what it is for, never on what was drawn before elsewhere."""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from demo.town.plan import Plan


def chance(plan: Plan, *what: object) -> Random:
    """Luck for one thing: the same in every run, whatever else is drawn."""
    return Random(f"{plan.seed}:" + ":".join(map(str, what)))  # noqa: S311 - nothing secret hangs on it


class Zipf:
    """Draws from a sequence, its first element most often: the n-th with weight 1 / (n + blunt) ** power."""

    def __init__(self, things: Sequence[int], *, power: float = 1.0, blunt: float = 3.0) -> None:
        self._things = things
        self._sums = list(accumulate((rank + blunt) ** -power for rank in range(len(things))))

    def draw(self, luck: Random) -> int:
        return self._things[bisect(self._sums, luck.random() * self._sums[-1])]


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """`total` in whole parts as near to the weights as can be; of equal remainders the first gets one more."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
