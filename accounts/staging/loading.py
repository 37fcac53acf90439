"""Filling the staging table by COPY, batch by batch; what a batch told is committed, so that a page can show how far it is."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from django.db import connection, transaction

from accounts.models import RegisterPiece, RegisterRow, RegisterRun
from accounts.register.checking import STORED, Checked, check_row
from accounts.register.mapping import Columns
from accounts.register.reading import Line, Shape, lines_of

_BATCH: Final = 5_000
_COPIED: Final = ("run_id", "line", "outcome", *STORED, "ends_at", "tells_end", "lapsed", "faults", "changes")
_COPY: Final = f"COPY accounts_registerrow ({', '.join(_COPIED)}) FROM STDIN"


def shape_of(run: RegisterRun) -> Shape:
    return Shape(run.encoding, run.delimiter, tuple(run.header))


def columns_of(run: RegisterRun) -> Columns:
    """Wants `mapping` set."""
    assert run.mapping is not None
    return Columns(run.mapping.columns, run.mapping.values)


def pieces_of(run: RegisterRun) -> Iterator[bytes]:
    """The file's bytes in order, one piece in memory at a time."""
    number = 0
    while (data := RegisterPiece.objects.filter(run=run, number=number).values_list("data", flat=True).first()) is not None:
        yield bytes(data)
        number += 1


def load_rows(run: RegisterRun, *, progress: Callable[[int, int], None]) -> None:
    """Every line of the file into the staging table, from the beginning. `progress` hears after each batch how many lines and
    bytes were read. Raises NotARegister where the file breaks off in the middle."""
    RegisterRow.objects.filter(run=run).delete()
    shape, columns = shape_of(run), columns_of(run)
    lines = lines_of(pieces_of(run), shape)
    total = 0
    while batch := list(islice(lines, _BATCH)):
        total += len(batch)
        with transaction.atomic():
            _copy(run.pk, batch, columns, shape)
            progress(total, batch[-1].bytes_read)


def _copy(run_id: int, batch: list[Line], columns: Columns, shape: Shape) -> None:
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for line in batch:
            copy.write_row(_as_row(run_id, line, check_row(line.cells, columns=columns, shape=shape)))


def _as_row(run_id: int, line: Line, checked: Checked) -> tuple[object, ...]:
    told = {"number": "", **checked.values}
    stored = [told.get(name) for name in STORED]
    faults = json.dumps([fault.as_row() for fault in checked.faults])
    outcome = "fault" if checked.faults else ""
    return (run_id, line.number, outcome, *stored, checked.ends_at, checked.tells_end, checked.lapsed, faults, "{}")
