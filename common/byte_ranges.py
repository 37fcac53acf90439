"""A part of a file, as RFC 9110 (14.2) has a program ask for it. Pure."""

import re
from dataclasses import dataclass
from typing import Final

_ONE: Final = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Of a file of `whole` bytes those from `first` to `last`, both counted from 0 and both among them."""

    first: int
    last: int
    whole: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def told(self) -> str:
        """As the header Content-Range says it."""
        return f"bytes {self.first}-{self.last}/{self.whole}"


class NoSuchPart(Exception):
    """It was asked for what lies behind the end."""


def part_asked_for(asked: str, size: int) -> Part | None:
    """What the header Range asks of a file of `size` bytes; None for the whole, as where it is empty, of another unit, badly
    written, or for several parts at once, which a server may give as a whole. Raises NoSuchPart."""
    found = _ONE.fullmatch(asked)
    first, last = found.groups() if found else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return None
    if not first:  # the last so many
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
    if begin >= size:
        raise NoSuchPart
    return Part(begin, end, size)
