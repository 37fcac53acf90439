"""What the pages of a run show of its file and its lines."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

from accounts.models import RegisterPiece, RegisterRow, RegisterRun
from accounts.models.facts import Job, ListSize, Nation, Years
from accounts.register.checking import check_row
from accounts.register.fields import FIELDS, plain
from accounts.register.mapping import Columns
from accounts.register.reading import Line, NotARegister, lines_of
from accounts.staging.loading import shape_of

_SAMPLE: Final = 500
_MOST_VALUES: Final = 30
ON_A_PAGE: Final = 50
_STARTS_A_FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t",
    "\r",
    "\n",
)  # a spreadsheet takes full-width signs too
_KINDS: Final = {"nation": Nation, "list_size": ListSize, "job": Job, "years": Years}
MEANINGS: Final[Mapping[str, list[tuple[str, str]]]] = {
    **{name: [(value, str(label)) for value, label in kind.choices] for name, kind in _KINDS.items()},
    "status": [("member", "A member"), ("lapsed", "Has lapsed")],
}
"""For each field with values of our own, what a written value can mean."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after, as a reader would say it."""

    label: str
    before: str
    after: str


def sample_of(run: RegisterRun) -> list[Line]:
    """The first lines of the file."""
    first = RegisterPiece.objects.filter(run=run, number=0).values_list("data", flat=True)
    lines: list[Line] = []
    with suppress(NotARegister):  # the piece may end in the middle of a line; the dry run says where the file itself is wrong
        lines.extend(islice(lines_of((bytes(data) for data in first), shape_of(run)), _SAMPLE))
    return lines


def values_seen(lines: list[Line], place: int, most: int = 3) -> list[str]:
    """The first few different values of a column."""
    return list(islice(dict.fromkeys(cell for line in lines if (cell := _cell(line, place))), most))


def values_to_map(run: RegisterRun, lines: list[Line], columns: Columns) -> dict[str, list[str]]:
    """For each field with values of our own, those of the file whose meaning nobody could guess: of the first lines and of
    what the dry run found faulty."""
    found: dict[str, list[str]] = {}
    for name in MEANINGS:
        if name not in columns.places:
            continue
        place = columns.places[name]
        only = Columns({name: place}, {})
        unknown = [_cell(line, place) for line in lines if check_row(line.cells, columns=only, shape=shape_of(run)).faults]
        unknown += [fault["value"] for fault in _faults(run, name)]
        already = columns.values.get(name, {})
        keys = dict.fromkeys([*already, *(plain(value) for value in unknown if value and len(value) <= 40)])
        if keys:
            found[name] = list(islice(keys, _MOST_VALUES))
    return found


def changes_of(row: RegisterRow) -> list[Change]:
    """In the order of the fields."""
    told = row.changes
    return [
        Change(field.label, *(_said(field.name, each) for each in told[field.name])) for field in FIELDS if field.name in told
    ]


def lines_with(run: RegisterRun, outcome: str, *, after: int = 0) -> list[RegisterRow]:
    """One page of lines and one more, in the file's order. Never OFFSET, never COUNT."""
    return list(RegisterRow.objects.filter(run=run, outcome=outcome, pk__gt=after).order_by("pk")[: ON_A_PAGE + 1])


def faults_for_csv(run: RegisterRun) -> Iterator[list[object]]:
    """A head and one row for each fault. A value that a spreadsheet would take for a formula is made plain text."""
    yield ["Line", "Membership number", "Column", "Value", "What is wrong"]
    rows = RegisterRow.objects.filter(run=run, outcome=RegisterRow.Outcome.FAULT).order_by("pk")
    for row in rows.iterator(2_000):
        for fault in row.faults:
            yield [row.line, *map(_harmless, (row.number, fault["column"], fault["value"], fault["sentence"]))]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _faults(run: RegisterRun, name: str) -> list[dict[str, str]]:
    rows = RegisterRow.objects.filter(run=run, outcome="fault", faults__contains=[{"field": name}]).order_by("pk")
    told = rows.values_list("faults", flat=True)[:500]
    return [fault for faults in told for fault in faults if fault["field"] == name and "is not known" in fault["sentence"]]


def _cell(line: Line, place: int) -> str:
    return " ".join(line.cells[place].replace("\0", "").split())[:60] if place < len(line.cells) else ""


def _said(name: str, value: str) -> str:
    kind = _KINDS.get(name)
    return (str(kind(value).label) if kind and value in kind.values else value) or "nothing"
