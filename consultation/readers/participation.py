"""How many of those who may answer took part, by nation and list size: never who, never what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final, Self

from django.db.models import Count as CountRows

from accounts.models.facts import ListSize, Nation
from common.clock import london_day, london_moment
from consultation.models import Consultation, Eligible, ParticipationFigure, Party, Response
from consultation.readers.answered import answered_by_each
from consultation.readers.holders import is_confidential
from consultation.suppression import LEAST, SUM, Cell, Count, kept_back, with_sums

AS_OF: Final = time(6)
"""The London hour as of which a day's figures are counted."""
NOT_STATED: Final = "not-stated"
NATIONS: Final = {**dict(Nation.choices), NOT_STATED: "Not stated"}
SIZES: Final = {**dict(ListSize.choices), NOT_STATED: "Not stated"}
LEAST_HEARD: Final = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of the table; None: kept back. Where nobody is, `people` is 0."""

    people: int | None
    took_part: int | None

    @property
    def is_kept_back(self) -> bool:
        return self.people is None

    @property
    def percent(self) -> int:
        return round(100 * (self.took_part or 0) / self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A nation and a list size that are little heard. `invited_at`: when they were last invited, within the week."""

    nation: str
    size: str
    words: str
    shown: Shown
    invited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`cells` by (nation, size); `SUM` names the row and column of sums. `supplement`: who became entitled after the opening.
    `others`: how many organisations answered, and how many of the public, by kind; None: fewer than five."""

    as_of: datetime
    cells: Mapping[Cell, Shown]
    supplement: Shown
    others: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[str, list[Shown]]]:
        """A row for each nation and one for all, with the label; a column for each size and one for all."""
        columns = [*SIZES, SUM]
        return [
            (label, [self.cells[nation, size] for size in columns]) for nation, label in [*NATIONS.items(), (SUM, "All nations")]
        ]

    @property
    def whole(self) -> Shown:
        return self.cells[SUM, SUM]

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, and `of` reads."""
        cells = [[nation, size, shown.people, shown.took_part] for (nation, size), shown in self.cells.items()]
        return {
            "as_of": self.as_of.isoformat(),
            "cells": cells,
            "supplement": [self.supplement.people, self.supplement.took_part],
            **({"others": dict(self.others)} if self.others else {}),
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        cells = {(nation, size): Shown(people, took_part) for nation, size, people, took_part in told["cells"]}
        return cls(datetime.fromisoformat(told["as_of"]), cells, Shown(*told["supplement"]), told.get("others", {}))

    def least_heard(self) -> list[Segment]:
        """Of the cells that are shown those with the lowest share, below that of all; at most three."""
        if self.whole.is_kept_back or not self.whole.people:
            return []
        share = (self.whole.took_part or 0) / self.whole.people
        low = [
            Segment(nation, size, in_words(nation, size), shown)
            for (nation, size), shown in self.cells.items()
            if SUM not in (nation, size) and shown.people and (shown.took_part or 0) / shown.people < share
        ]
        low.sort(key=lambda each: ((each.shown.took_part or 0) / (each.shown.people or 1), -(each.shown.people or 0), each.words))
        return low[:LEAST_HEARD]


def in_words(nation: str, size: str) -> str:
    """`Wales, 5,000–9,999 patients`."""
    where = NATIONS[nation] if nation != NOT_STATED else "Nation not stated"
    return f"{where}, {f'{SIZES[size]} patients' if size != NOT_STATED else 'list size not stated'}"


def figures_as_of(at: datetime) -> datetime | None:
    """Six in the morning of this London day; None before that."""
    moment = london_moment(london_day(at), AS_OF)
    return moment if moment <= at else None


def count_participation(consultation: Consultation, *, as_of: datetime) -> Table:
    """As of a moment: one statement over the frozen list, whatever its size, one more where it is confidential: there only the
    day of an answer is kept, so that it is as of the midnight before. Who amended since took part then. A ledger keeps no
    moment: it is counted as it stands, and `as_of` is to be now."""
    if is_confidential(consultation):
        as_of = london_moment(london_day(as_of), time(0))
    sent = answered_by_each(consultation, "user", before=as_of)
    rows = Eligible.objects.filter(consultation=consultation).order_by().values("on_supplement", "nation", "list_size")
    counted = list(rows.annotate(people=CountRows("pk"), took_part=CountRows("pk", filter=sent)))
    cells = {
        (row["nation"] or NOT_STATED, row["list_size"] or NOT_STATED): Count(row["people"], row["took_part"])
        for row in counted
        if not row["on_supplement"]
    }
    late = [Count(row["people"], row["took_part"]) for row in counted if row["on_supplement"]]
    whole = with_sums(cells, tuple(NATIONS), tuple(SIZES))
    back = kept_back(whole, tuple(NATIONS), tuple(SIZES))
    shown = {cell: Shown(None, None) if cell in back else Shown(count.people, count.took_part) for cell, count in whole.items()}
    supplement = _shown(Count(sum(each.people for each in late), sum(each.took_part for each in late)))
    return Table(as_of, shown, supplement, _others(consultation, as_of))


def _kinds(consultation: Consultation) -> tuple[tuple[Party.Kind, bool], ...]:
    return ((Party.Kind.ORGANISATION, consultation.for_organisations), (Party.Kind.PUBLIC, consultation.for_public))


def _others(consultation: Consultation, as_of: datetime) -> dict[str, int | None]:
    """By kind that this consultation asks. One statement for each."""
    kinds = [kind for kind, asks in _kinds(consultation) if asks]
    sent = Response.objects.filter(consultation=consultation, is_current=True, submitted_at__lt=as_of)
    found = {str(kind): sent.of_kind(kind).count() for kind in kinds}
    return {kind: None if 0 < number < LEAST else number for kind, number in found.items()}


def latest_figures(consultation: Consultation) -> Table | None:
    """The last that was published. One statement."""
    row = ParticipationFigure.objects.filter(consultation=consultation).first()
    return Table.of(row.table) if row else None


def _shown(count: Count) -> Shown:
    return Shown(None, None) if count.is_small else Shown(count.people, count.took_part)
