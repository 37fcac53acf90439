"""What the editor's desk shows: the proposals by section, why each is there and why there, and what was taken out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.standing import Anyone
from digest.composing import PICKED, contents
from digest.models import Edition
from digest.sections import HEADINGS
from digest.sources import SOURCES
from digest.sources.shape import Candidate
from digest.words import deadline


@dataclass(slots=True)
class Row:
    """A thing and where it can go: `up` and `down` are the things before which it would stand, as the form sends them
    (`kind:id`, empty for the end); None where it cannot go further."""

    found: Candidate
    due: str
    is_pinned: bool = False
    up: str | None = None
    down: str | None = None

    @property
    def key(self) -> str:
        return f"{self.found.kind}:{self.found.object_id}"

    @property
    def anchor(self) -> str:
        return f"item-{self.found.kind.replace('.', '-')}-{self.found.object_id}"


@dataclass(slots=True)
class Shelf:
    """A section of the draft. `unseen`: how much of it belongs to groups that the editor is not in; it is not named here."""

    name: str
    rows: list[Row] = field(default_factory=list)
    unseen: int = 0

    @property
    def heading(self) -> str:
        return HEADINGS[self.name]


@dataclass(frozen=True, slots=True)
class Desk:
    """`dropped` can be put back."""

    shelves: list[Shelf]
    dropped: list[Row]


def desk_of(draft: Edition, *, editor: Anyone, at: datetime) -> Desk:
    """The draft as it would be cut now. The statements do not grow with what is in it."""
    found = list(contents(draft, at=at))
    out = _named(draft.dropped, at=at)
    seen = _seen([each for _, each in found] + out, editor)
    shelves = {name: Shelf(name) for name in HEADINGS}
    for section, each in found:
        shelf = shelves[section]
        if (each.kind, each.object_id) in seen:
            shelf.rows.append(Row(each, _due(each, at), is_pinned=section == PICKED))
        else:
            shelf.unseen += 1
    told = [shelf for shelf in shelves.values() if shelf.rows or shelf.unseen]
    for shelf in told:
        _neighbours(shelf.rows)
    return Desk(told, [Row(each, _due(each, at)) for each in out if (each.kind, each.object_id) in seen])


def _neighbours(rows: list[Row]) -> None:
    for place, row in enumerate(rows):
        row.up = rows[place - 1].key if place else None
        if place + 1 < len(rows):
            row.down = rows[place + 2].key if place + 2 < len(rows) else ""


def _named(things: Iterable[tuple[str, int]], *, at: datetime) -> list[Candidate]:
    by_kind: dict[str, list[int]] = {}
    for kind, object_id in things:
        by_kind.setdefault(kind, []).append(object_id)
    return [each for kind, ids in by_kind.items() if kind in SOURCES for each in SOURCES[kind].named(ids, at=at)]


def _seen(found: list[Candidate], editor: Anyone) -> set[tuple[str, int]]:
    return {
        (kind, object_id)
        for kind, source in SOURCES.items()
        for object_id in source.visible({each.object_id: each.quoted_id for each in found if each.kind == kind}, editor)
    }


def _due(found: Candidate, at: datetime) -> str:
    return deadline(found.closes_at, now=at) if found.closes_at else ""
