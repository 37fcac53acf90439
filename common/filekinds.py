"""What kind of file something is, told from its content, never from its name alone. Pure."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

import puremagic

PICTURES: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
PICTURE_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPTED: Final = "Pictures (JPEG, PNG, WebP, GIF), PDF, Office and OpenDocument files, CSV and plain text"

_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."
_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation",
    "odt": f"{_ODF}text",
    "ods": f"{_ODF}spreadsheet",
    "odp": f"{_ODF}presentation",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
KINDS: Final = ("picture", *_TYPES)
FILE_ENDINGS: Final = ("image/*", *(f".{name}" for name in _TYPES))
ANONYMOUS_KINDS: Final = ("picture", "csv", "txt")
"""Those in which nobody's name is hidden: office programs write their user's into every document."""

_MAIN_PART: Final = {"docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet", "pptx": "presentationml.presentation"}
_MOST_PARTS: Final = 5_000
_MOST_UNPACKED: Final = 300_000_000
_PACKED: Final = (ZIP_STORED, ZIP_DEFLATED)
"""As every office program packs. The others `zipfile` unpacks whole, however little is asked for: 400 bytes become a gigabyte."""
_CONTENT_TYPES_MOST: Final = 2_000_000
_PROGRAMS: Final = ("vbaproject", "macrosheets/", "activex/", "basic/", "scripts/")
_PAGES: Final = {"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml"}
_CONTROLS: Final = frozenset(range(32)) - {9, 10, 12, 13, 27}


class FileRefusedByKind(Exception):
    """Not taken. `str()` is a sentence to whoever chose the file."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """`name`: one of KINDS; `content_type` as it is served; `extension` without the dot."""

    name: str
    content_type: str
    extension: str


def examine(data: bytes, name: str) -> FileKind:
    """What this is. A picture is one by its content; everything else has to be what its name says. Raises FileRefusedByKind."""
    if not data:
        raise FileRefusedByKind("This file is empty.")
    sniffed = _sniffed(data)
    if sniffed & PICTURES.keys():
        return FileKind("picture", "image/webp", "webp")
    extension = name.rpartition(".")[2].strip().lower() if "." in name else ""
    if extension not in _TYPES:
        raise FileRefusedByKind(f"Files of this kind cannot be attached. {ACCEPTED} can.")
    _CHECKS[extension](data, extension, sniffed)
    return FileKind(extension, _TYPES[extension], extension)


def _sniffed(data: bytes) -> set[str]:
    try:
        return {found.mime_type for found in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        return set()


def _pdf(data: bytes, _extension: str, _sniffed: set[str]) -> None:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise FileRefusedByKind("This does not open as a PDF. Save it as a PDF again, and choose that file.")


def _office(data: bytes, extension: str, _sniffed: set[str]) -> None:
    """The parts say what it is, and none of them is a program."""
    refusal = FileRefusedByKind(f"This does not open as a .{extension} file. Save it as one again, without a password.")
    if not is_zipfile(BytesIO(data)):
        raise refusal
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise FileRefusedByKind("This file grows too large when it is unpacked.")
            if any(part.flag_bits & 1 or part.compress_type not in _PACKED for part in parts) or not _says(
                archive, parts, extension
            ):
                raise refusal
    except (BadZipFile, KeyError, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise refusal from error
    if any(program in part.filename.lower() for part in parts for program in _PROGRAMS):
        raise FileRefusedByKind("This file holds macros, which can do harm when somebody opens it. Save it without them.")


def _says(archive: ZipFile, parts: list[ZipInfo], extension: str) -> bool:
    if extension not in _MAIN_PART:
        declared = archive.open("mimetype").read(200)
        return parts[0].filename == "mimetype" and declared.decode("ascii", "replace").strip() == _TYPES[extension]
    types = archive.open("[Content_Types].xml").read(_CONTENT_TYPES_MOST).decode("utf-8", "replace")
    if "macroEnabled" in types:
        raise FileRefusedByKind("This file holds macros, which can do harm when somebody opens it. Save it without them.")
    return f"{_OOXML}{_MAIN_PART[extension]}.main+xml" in types


def _text(data: bytes, _extension: str, sniffed: set[str]) -> None:
    if sniffed & _PAGES or data.lstrip()[:1] == b"<":
        raise FileRefusedByKind("This is a web page or a drawing, not plain text. Paste its words into your post instead.")
    if _CONTROLS.intersection(data):
        raise FileRefusedByKind("This is not plain text. Save it as text in UTF-8, and choose that file.")


_CHECKS: Final = {
    "pdf": _pdf,
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), _office),
    **dict.fromkeys(("csv", "txt"), _text),
}
