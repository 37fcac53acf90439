"""Where each post of a topic stands below the others. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class Place:
    """As `forum.models.Post` keeps it. `lost`: the number of a parent that is not there."""

    parent: int | None
    root: int
    depth: int = 0
    lost: int | None = None
    reply_count: int = 0
    descendant_count: int = 0


def places(parents: Mapping[int, int | None]) -> dict[int, Place]:
    """The place of every post, by its number, from what each says it answers.

    A post answers an earlier one that is there, else it is a root: marked as having lost its parent where that is missing,
    unmarked where it names itself or a later post, which no conversation can.
    """
    placed: dict[int, Place] = {}
    for number in sorted(parents):
        said = parents[number]
        parent = placed.get(said) if said is not None else None
        if parent is None:
            placed[number] = Place(None, number, lost=None if said in parents else said)
            continue
        placed[number] = Place(said, parent.root, parent.depth + 1)
        parent.reply_count += 1
        placed[parent.root].descendant_count += 1
    return placed
