"""A table of two facts with its sums, so that no cell that is kept back can be worked out from the others: pure.

A cell is kept back (primary) where fewer than `LEAST` people are in it, took part in it, or stayed away in it: such a figure
would say of single people what they did. Then others are kept back (secondary) until it holds for every primary cell that (1) no
sum gives it away: seen as a graph of rows and columns joined by the cells kept back, it lies on a cycle; a cell that is the only
way between two parts is a difference of sums (Gusfield 1988, A graph theoretic approach to statistical data security), and (2)
from all that is shown, tightening bounds line by line, its value stays open over at least `LEAST` numbers. The row and column of
sums are cells of the table like the others, but for the sum of all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 5
SUM: Final = ""
"""The name of the row and of the column of sums. Facts that nobody stated have a name of their own."""

Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Count:
    """Of so many people in a cell so many took part."""

    people: int
    took_part: int

    @property
    def is_small(self) -> bool:
        """Where nobody is, nobody is told of."""
        return self.people > 0 and min(self.people, self.took_part, self.people - self.took_part) < LEAST


def with_sums(cells: Mapping[Cell, Count], rows: Sequence[str], columns: Sequence[str]) -> dict[Cell, Count]:
    """The whole table: every cell of rows × columns, and the sums."""
    whole = {(row, column): cells.get((row, column), Count(0, 0)) for row in rows for column in columns}
    for row in rows:
        whole[row, SUM] = _sum([whole[row, column] for column in columns])
    for column in [*columns, SUM]:
        whole[SUM, column] = _sum([whole[row, column] for row in rows])
    return whole


def kept_back(whole: Mapping[Cell, Count], rows: Sequence[str], columns: Sequence[str]) -> set[Cell]:
    """Which cells of a whole table are not shown. The sum of all is shown unless it is small itself: then nothing is."""
    if whole[SUM, SUM].is_small:
        return set(whole)
    primary = {cell for cell, count in whole.items() if count.is_small}
    back = set(primary)
    while (weak := _given_away(whole, primary, back, rows, columns)) is not None:
        added = _one_more(whole, weak, back, rows, columns)
        if added is None:
            return {cell for cell in whole if cell != (SUM, SUM)}
        back.add(added)
    return back


def bounds(
    whole: Mapping[Cell, Count], back: set[Cell], rows: Sequence[str], columns: Sequence[str]
) -> dict[Cell, tuple[int, int]]:
    """What an outsider can say of each cell that is kept back: how many took part, at least and at most. They know that it is
    none at least, and no more than everybody together."""
    most = whole[SUM, SUM].took_part
    known = {cell: (count.took_part, count.took_part) for cell, count in whole.items() if cell not in back}
    found = dict.fromkeys(back, (0, most))
    moved = True
    while moved:
        moved = False
        for parts, total in _lines(rows, columns):
            for cell in [*parts, total]:
                if cell not in found:
                    continue
                now = {**known, **found}
                low, high = _from_line(cell, parts, total, now)
                tight = (max(found[cell][0], low), min(found[cell][1], high))
                if tight != found[cell]:
                    found[cell], moved = tight, True
    return found


def _from_line(cell: Cell, parts: Sequence[Cell], total: Cell, now: Mapping[Cell, tuple[int, int]]) -> tuple[int, int]:
    others = [now[part] for part in parts if part != cell]
    low, high = sum(each[0] for each in others), sum(each[1] for each in others)
    if cell == total:
        return low, high
    return now[total][0] - high, now[total][1] - low


def _lines(rows: Sequence[str], columns: Sequence[str]) -> list[tuple[list[Cell], Cell]]:
    """Each row and each column, of sums too: its cells, and their sum."""
    across = [([(row, column) for column in columns], (row, SUM)) for row in [*rows, SUM]]
    return across + [([(row, column) for row in rows], (SUM, column)) for column in [*columns, SUM]]


def _given_away(
    whole: Mapping[Cell, Count], primary: set[Cell], back: set[Cell], rows: Sequence[str], columns: Sequence[str]
) -> Cell | None:
    """A cell kept back as too small that can be worked out, or nearly."""
    for cell in sorted(primary):
        if not _joined_without(cell, back):
            return cell
    for cell, (low, high) in sorted(bounds(whole, back, rows, columns).items()):
        if cell in primary and high - low < LEAST:
            return cell
    return None


def _joined_without(cell: Cell, back: set[Cell]) -> bool:
    """Row and column of the cell are joined by other cells that are kept back."""
    start, goal = ("row", cell[0]), ("column", cell[1])
    joins: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row, column in back - {cell}:
        joins.setdefault(("row", row), []).append(("column", column))
        joins.setdefault(("column", column), []).append(("row", row))
    seen, ahead = {start}, [start]
    while ahead:
        for there in joins.get(ahead.pop(), ()):
            if there not in seen:
                seen.add(there)
                ahead.append(there)
    return goal in seen


def _one_more(
    whole: Mapping[Cell, Count], weak: Cell, back: set[Cell], rows: Sequence[str], columns: Sequence[str]
) -> Cell | None:
    """The next to keep back for the sake of a weak one: in its own row or column first, then anywhere; the smallest, inner cells
    before sums. A cell in which nobody is hides nothing."""
    free = [cell for cell, count in whole.items() if cell not in back and cell != (SUM, SUM) and count.people]
    if not free:
        return None

    def cost(cell: Cell) -> tuple[bool, bool, int, Cell]:
        return (weak[0] != cell[0] and weak[1] != cell[1], SUM in cell, whole[cell].people, cell)

    lines = [[cell for cell in free if cell[0] == weak[0]], [cell for cell in free if cell[1] == weak[1]]]
    alone = [
        line for line in lines if line and not any(cell in back for cell in _along(weak, line is lines[0], whole) if cell != weak)
    ]
    return min(alone[0] if alone else free, key=cost)


def _along(cell: Cell, in_row: bool, whole: Mapping[Cell, Count]) -> list[Cell]:
    return [each for each in whole if (each[0] == cell[0] if in_row else each[1] == cell[1])]


def _sum(counts: Sequence[Count]) -> Count:
    return Count(sum(count.people for count in counts), sum(count.took_part for count in counts))
