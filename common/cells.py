"""Tables as CSV that a spreadsheet opens and does not obey. Rows go out as they are read: what is held is one line."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from django.http import StreamingHttpResponse

_OBEYED: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: object) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, “CSV Injection”). None is empty."""
    text = "" if cell is None else str(cell).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_OBEYED) else text


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """UTF-8 with a mark in front, by which Excel knows it."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff".encode()
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def csv_answer(rows: Iterable[Iterable[object]], *, name: str) -> StreamingHttpResponse:
    """A file of that name, kept by nobody on the way."""
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """What a csv writer writes to: hands each line back."""

    def write(self, line: str) -> bytes:
        return line.encode()
