"""Who is who in a town. Pure: user ids by what they are.

Users 1 to `registered` stand on the register, the `lapsed` after them once did, all others only follow. The first of the
register hold offices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from demo.town.chance import Zipf, chance
from demo.town.plan import Plan

PANELS = ("Accreditation panel", "Board", "Welsh regional group", "Scottish regional group", "Assessors", "Mentors")


@dataclass(frozen=True, slots=True)
class Panel:
    """A group: `people` without its `owners`, and who left."""

    id: int
    name: str
    owners: tuple[int, ...]
    people: tuple[int, ...]
    left: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        return self.owners + self.people


@dataclass(frozen=True, slots=True)
class Offices:
    administrators: range
    moderators: range
    organisers: range
    directors: range
    trustees: range


def offices(plan: Plan) -> Offices:
    bounds, at = [], 1
    for full, least in ((4, 2), (24, 2), (12, 1), (8, 1), (6, 1)):
        many = plan.scaled(full, least=least)
        bounds.append(range(at, at + many))
        at += many
    return Offices(*bounds)


@cache
def panels(plan: Plan) -> tuple[Panel, ...]:
    """Groups with a place of their own; the last of them keeps categories in order. Drawn from the register's members."""
    luck, found = chance(plan, "panels"), []
    many = min(len(PANELS), plan.scaled(len(PANELS), least=2))
    for number, name in enumerate((*PANELS[:many], "Keepers of the forum"), start=1):
        size = min(plan.registered // 2, plan.scaled((200, 30, 60, 80, 40, 25, 12)[number - 1], least=4))
        drawn = luck.sample(range(1, plan.registered + 1), size + 3)
        found.append(Panel(number, name, tuple(drawn[:2]), tuple(drawn[2:size]), tuple(drawn[size:])))
    return tuple(found)


@cache
def writers(plan: Plan) -> Zipf:
    """Members and those who were, the few who write most first."""
    ids = list(range(1, plan.registered + plan.lapsed + 1))
    chance(plan, "writers").shuffle(ids)
    return Zipf(ids, power=0.9, blunt=8)


@cache
def panel_writers(plan: Plan, panel: int) -> Zipf:
    return Zipf(panels(plan)[panel - 1].all)


def pairs(plan: Plan, what: str, many: int, among: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Different pairs of different people."""
    luck, seen = chance(plan, what), set[tuple[int, int]]()
    while len(seen) < many:
        one, other = luck.sample(among, 2)
        if (one, other) not in seen:
            seen.add((one, other))
            yield one, other
