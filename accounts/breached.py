"""Passwords that others have lost already, asked of a file on our own disk: no password, and no part of one, leaves the house.

The file is a sorted row of the first RECORD bytes of SHA-1 hashes after a head of HEAD. Two passwords share those bytes once in
281 million million: with a thousand million known ones, one honest password in 280,000 is refused for nothing.
"""

import hashlib
import mmap
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError

HEAD: Final = b"plenary sha1/6\n\0"
RECORD: Final = 6
_HASH: Final = 40  # hexadecimal digits of a SHA-1


class NotAListError(ValueError):
    """The text is not the publicly known list, or not in order; says where."""


class BreachedList:
    """A list on disk. `password in breached` costs about thirty looks for a thousand million passwords, and no memory."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.read(len(HEAD)) != HEAD:
                raise ImproperlyConfigured(f"{path} was not written by manage.py load_breached_passwords.")
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return (len(self._bytes) - len(HEAD)) // RECORD

    def __contains__(self, password: str) -> bool:
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).digest()[:RECORD]
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low < len(self) and self._at(low) == wanted

    def _at(self, place: int) -> bytes:
        start = len(HEAD) + place * RECORD
        return self._bytes[start : start + RECORD]


class BreachedPasswordValidator:
    """Refuses what stands in settings.BREACHED_PASSWORDS; without a file it refuses nothing."""

    def validate(self, password: str, user: object = None) -> None:
        if settings.BREACHED_PASSWORDS and password in _opened(settings.BREACHED_PASSWORDS):
            raise ValidationError(
                "This password stands on lists of stolen ones, so others can guess it. Choose another.", code="password_breached"
            )

    def get_help_text(self) -> str:
        return "Not one that stands on lists of stolen passwords."


@cache
def _opened(path: str) -> BreachedList:
    try:
        return BreachedList(Path(path))
    except OSError as error:
        raise ImproperlyConfigured(f"BREACHED_PASSWORDS names {path}, which cannot be read: {error.strerror}.") from error


def write_list(lines: Iterable[bytes], to: Path, *, at_least: int = 1) -> int:
    """Turn lines `HASH:COUNT`, sorted by hash, into a list at `to`, which appears whole or not at all. Leaves out what was seen
    less often than `at_least`. Memory does not grow. Returns how many it holds. Raises NotAListError naming the line."""
    unfinished = to.with_name(to.name + ".unfinished")
    try:
        with unfinished.open("wb") as file:
            written = _write(prefixes(lines, at_least=at_least), file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def prefixes(lines: Iterable[bytes], *, at_least: int = 1) -> Iterator[bytes]:
    """The records of those lines, in order, each once."""
    before = b""
    for number, line in enumerate(lines, start=1):
        text, _, count = line.strip().partition(b":")
        if not text:
            continue
        try:
            whole, seen = bytes.fromhex(text.decode("ascii")), int(count or 1)
        except ValueError:
            whole, seen = b"", 0
        if len(text) != _HASH or not whole:
            raise NotAListError(f"Line {number} is not HASH:COUNT with a SHA-1 of {_HASH} hexadecimal digits.")
        record = whole[:RECORD]
        if record < before:
            raise NotAListError(f"Line {number} is out of order. Sort the file first: LC_ALL=C sort.")
        if record != before and seen >= at_least:
            before = record
            yield record


def _write(records: Iterable[bytes], file: BinaryIO) -> int:
    file.write(HEAD)
    written = 0
    for record in records:
        file.write(record)
        written += 1
    return written
