"""Which of an edition's items a reader gets. Pure: plain values in and out."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

MOST: Final = {"topics": 7}
"""How many of a section one mail carries; a section not named here is told whole."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What choosing needs to know of an item."""

    id: int
    section: str
    category_id: int | None


def choose(
    items: Iterable[Choice], *, visible: Collection[int], categories: Collection[int], read: Collection[int] = ()
) -> list[int]:
    """Ids in the order of the edition: what the reader may see and has not read on the site, of the categories chosen (none:
    all), not too much of a kind. What the editor picked, and what belongs to no category, goes to everybody who may see it."""
    chosen: list[int] = []
    counts: dict[str, int] = {}
    for item in items:
        mine = not categories or item.section == "picks" or item.category_id is None or item.category_id in categories
        if item.id in visible and item.id not in read and mine and counts.get(item.section, 0) < MOST.get(item.section, 1_000):
            counts[item.section] = counts.get(item.section, 0) + 1
            chosen.append(item.id)
    return chosen


def signature(item_ids: Iterable[int]) -> str:
    """One name for one selection: SHA-256 of the ids."""
    return hashlib.sha256(",".join(map(str, item_ids)).encode()).hexdigest()
