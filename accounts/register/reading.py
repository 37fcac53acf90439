"""From bytes to rows, a piece at a time: what is held is one line and one piece, whatever the file's size."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from common.errors import DomainError

MOST_COLUMNS: Final = 100
_LONGEST_LINE: Final = 1_000_000
_NOT_CSV: Final = {
    b"PK\x03\x04": "This is an Excel or ZIP file. Open it, choose “Save as”, then “CSV UTF-8”, and send that file.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel file. Open it, choose “Save as”, then “CSV UTF-8”, and send that file.",
    b"%PDF": "This is a PDF. Export the register as CSV and send that file.",
    b"\xff\xfe": "This file is in UTF-16. Save it as “CSV UTF-8” and send that file.",
    b"\xfe\xff": "This file is in UTF-16. Save it as “CSV UTF-8” and send that file.",
}


class NotARegister(DomainError):
    """The file cannot be read as a CSV with a header. `str()` says what to do."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]


class Scan:
    """Looks at the bytes as they come in and says at the end how the file is written. Holds the first piece only."""

    def __init__(self) -> None:
        self._first = b""
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._since_newline = 0

    def take(self, piece: bytes) -> bytes:
        """Look at the next piece and hand it back. Raises NotARegister as soon as that is plain."""
        if len(self._first) < 65_536:
            self._first += piece[:65_536]
            problem = next((told for magic, told in _NOT_CSV.items() if self._first.startswith(magic)), None)
            if problem:
                raise NotARegister(problem)
        if self._utf8 is not None:
            try:
                self._utf8.decode(piece)
            except UnicodeDecodeError:
                self._utf8 = None
        self._watch_the_lines(piece)
        return piece

    def shape(self) -> Shape:
        """Raises NotARegister where this is no CSV with a header."""
        encoding = "utf-8-sig" if self._is_utf8() else "cp1252"
        text = self._first.decode(encoding, errors="ignore")
        controls = sum(letter < " " and letter not in "\r\n\t\0" for letter in text) + text.count("\0") // 2
        if not text.strip():
            raise NotARegister("This file is empty.")
        if controls > len(text) // 50:
            raise NotARegister("This is not a text file. Export the register as CSV and send that file.")
        return _shape(encoding, text)

    def _is_utf8(self) -> bool:
        if self._utf8 is None:
            return False
        try:
            self._utf8.decode(b"", True)
        except UnicodeDecodeError:
            return False
        return True

    def _watch_the_lines(self, piece: bytes) -> None:
        ends = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._since_newline = len(piece) - ends - 1 if ends >= 0 else self._since_newline + len(piece)
        if self._since_newline > _LONGEST_LINE:
            raise NotARegister(
                "A line of this file is longer than a million characters. Check that it is a CSV with one line a member."
            )


def _shape(encoding: str, text: str) -> Shape:
    for delimiter in sorted(",;\t", key=lambda mark: -text.split("\n", 1)[0].count(mark)):
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        if len(header) >= 2:
            names = tuple(name.replace("\0", "").strip() for name in header)
            _check_header(names)
            return Shape(encoding, delimiter, names)
    raise NotARegister("The first line must name the columns, set apart by commas, semicolons or tabs. This file has one column.")


def _check_header(names: tuple[str, ...]) -> None:
    if len(names) > MOST_COLUMNS:
        raise NotARegister(f"This file has {len(names)} columns, more than {MOST_COLUMNS}. Export only what the register needs.")
    twice = sorted({name for name in names if name and [each.casefold() for each in names].count(name.casefold()) > 1})
    if twice:
        raise NotARegister(f"Two columns are called “{twice[0]}”. Rename one in the export and send the file again.")
    if not any(names) or any(len(name) > 100 for name in names):
        raise NotARegister("The first line must name the columns. Add a heading to each and send the file again.")


class _Pieces(io.RawIOBase):
    """Pieces of bytes as one stream that counts what it gave."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest, self.given = iter(pieces), memoryview(b""), 0

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(bytes(piece))
        taken = min(len(room), len(self._rest))
        room[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        self.given += taken
        return taken


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: the line it begins on (the header is line 1), its cells, and how many bytes were read by then."""

    number: int
    cells: list[str]
    bytes_read: int


def lines_of(pieces: Iterable[bytes], shape: Shape) -> Iterator[Line]:
    """Every row below the header; rows without any text are left out. Raises NotARegister, with the line, where quotation
    marks make no sense: after such a line nobody can tell what belongs where."""
    raw = _Pieces(pieces)
    text = io.TextIOWrapper(io.BufferedReader(raw), shape.encoding, errors="replace", newline="")
    reader = csv.reader(text, delimiter=shape.delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if begins > 1 and any(cell.strip() for cell in cells):
                yield Line(begins, cells, raw.given)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NotARegister(
            f"The quotation marks on line {begins} make no sense. Mend that line and send the file again."
        ) from error
