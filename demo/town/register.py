"""The field in numbers: who is on the register, by nation, list size and role (domain facts, section 3). Pure."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from demo.town.chance import chance, shared_out
from demo.town.plan import Plan

_JOBS: Final = (
    "practice-manager", "business-manager", "operations-manager", "deputy-manager", "function-manager", "managing-partner",
)  # fmt: skip
_TABLE: Final = {
    ("england", "under-5k"): (970, 32, 32, 126, 84, 21),
    ("england", "5-10k"): (2_004, 169, 211, 675, 422, 74),
    ("england", "10-15k"): (1_291, 278, 389, 694, 624, 90),
    ("england", "15-20k"): (513, 187, 262, 379, 466, 58),
    ("england", "20k-plus"): (354, 187, 312, 354, 666, 67),
    ("scotland", "under-5k"): (302, 10, 10, 39, 26, 7),
    ("scotland", "5-10k"): (327, 28, 34, 110, 69, 12),
    ("scotland", "10-15k"): (110, 24, 33, 59, 53, 8),
    ("scotland", "15-20k"): (18, 7, 9, 14, 17, 2),
    ("scotland", "20k-plus"): (7, 4, 6, 7, 13, 1),
    ("wales", "under-5k"): (56, 2, 2, 7, 5, 1),
    ("wales", "5-10k"): (164, 14, 17, 55, 35, 6),
    ("wales", "10-15k"): (76, 16, 23, 41, 37, 5),
    ("wales", "15-20k"): (16, 6, 8, 12, 14, 2),
    ("wales", "20k-plus"): (5, 2, 4, 5, 9, 1),
    ("northern-ireland", "under-5k"): (78, 3, 3, 10, 7, 2),
    ("northern-ireland", "5-10k"): (147, 12, 15, 50, 31, 5),
    ("northern-ireland", "10-15k"): (29, 6, 9, 16, 14, 2),
    ("northern-ireland", "15-20k"): (4, 1, 2, 3, 4, 0),
}
_NETWORKS: Final = {"england": 1_438, "scotland": 40, "wales": 32, "northern-ireland": 34}
_YEARS: Final = {"under-2": 10, "2-4": 20, "5-9": 22, "10-19": 33, "20-plus": 15}
_REGIONS: Final = {
    "england": ("North East and Yorkshire", "North West", "Midlands", "East of England", "London", "South East", "South West"),
    "scotland": ("North", "East", "West"),
    "wales": ("North", "Mid and West", "South East"),
    "northern-ireland": ("Belfast", "Northern", "Southern", "Western"),
}
_GRADES: Final = {"Associate": 55, "Member": 38, "Fellow": 7}


@dataclass(frozen=True, slots=True)
class Line:
    """What the register says of somebody."""

    nation: str
    list_size: str
    job: str
    years: str
    region: str
    grade: str


def cells() -> dict[tuple[str, str, str], int]:
    """Managers by nation, list size (empty for a network's) and role: 16,000 in sum."""
    found = {(nation, size, job): count for (nation, size), row in _TABLE.items() for job, count in zip(_JOBS, row, strict=True)}
    return found | {(nation, "", "network-manager"): count for nation, count in _NETWORKS.items()}


@cache
def lines(plan: Plan) -> tuple[Line, ...]:
    """One for each of the first users, registered or lapsed, in no order: the cells scaled, the years split as surveyed."""
    luck = chance(plan, "register")
    return tuple(drawn(luck, plan.registered) + drawn(luck, plan.lapsed))


def drawn(luck: Random, many: int) -> list[Line]:
    """So many people, in no order."""
    table = cells()
    shares = shared_out(many, list(table.values()))
    places = [cell for cell, share in zip(table, shares, strict=True) for _ in range(share)]
    years = [year for year, share in zip(_YEARS, shared_out(many, list(_YEARS.values())), strict=True) for _ in range(share)]
    luck.shuffle(places)
    luck.shuffle(years)
    return [
        Line(nation, size, job, year, luck.choice(_REGIONS[nation]), luck.choices(list(_GRADES), list(_GRADES.values()))[0])
        for (nation, size, job), year in zip(places, years, strict=True)
    ]
