"""Seats of a hemicycle, our one ornament: where they stand and how many are taken. Pure geometry."""

import math
from functools import cache
from typing import Final

WIDTH: Final = 188
HEIGHT: Final = 99
RADIUS: Final = 3.4
_ROWS: Final = (34, 45, 56, 67, 78, 89)
_SPACING: Final = 10.9

Seat = tuple[float, float]


@cache
def seats() -> tuple[Seat, ...]:
    """Every seat as (x, y) in a box of WIDTH by HEIGHT, from the left wing to the right, as a house fills."""
    placed: list[tuple[float, int, Seat]] = []
    for row, reach in enumerate(_ROWS):
        last = round(math.pi * reach / _SPACING)
        for place in range(last + 1):
            angle = math.pi * place / last
            x, y = (
                WIDTH / 2 - reach * math.cos(angle),
                HEIGHT - 5 - reach * math.sin(angle),
            )
            placed.append((angle, row, (round(x, 1), round(y, 1))))
    return tuple(seat for _, _, seat in sorted(placed))


def taken(part: int, whole: int) -> int:
    """How many seats stand for `part` of `whole`: none only for nobody, all only for everybody."""
    total = len(seats())
    if whole <= 0 or part <= 0:
        return 0
    if part >= whole:
        return total
    return min(max(round(total * part / whole), 1), total - 1)
