"""Which characters a TrueType font draws, out of its own table."""

import struct
from pathlib import Path
from typing import Final

_UNICODE_TABLES: Final = {(3, 10): 12, (0, 4): 12, (3, 1): 4, (0, 3): 4}
"""Platform and encoding of the tables that are read, with the format that each has."""


def characters_of(font: Path) -> frozenset[int]:
    """The code points that it has a glyph for (OpenType, table `cmap`, formats 4 and 12). Raises ValueError for another file."""
    data = font.read_bytes()
    found: set[int] = set()
    for start, form in _tables(data):
        found |= _long_ranges(data, start) if form == 12 else _short_ranges(data, start)
    if not found:
        raise ValueError(f"{font.name} has no table of characters that can be read")
    return frozenset(found)


def _tables(data: bytes) -> list[tuple[int, int]]:
    """Where each table of characters begins, and its format."""
    (number,) = struct.unpack_from(">H", data, 4)
    offsets = {name: at for name, _, at, _ in struct.iter_unpack(">4sIII", data[12 : 12 + 16 * number])}
    cmap = offsets.get(b"cmap")
    if cmap is None:
        return []
    (number,) = struct.unpack_from(">H", data, cmap + 2)
    found = []
    for platform, encoding, at in struct.iter_unpack(">HHI", data[cmap + 4 : cmap + 4 + 8 * number]):
        (form,) = struct.unpack_from(">H", data, cmap + at)
        if _UNICODE_TABLES.get((platform, encoding)) == form:
            found.append((cmap + at, form))
    return found


def _long_ranges(data: bytes, at: int) -> set[int]:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    found: set[int] = set()
    for first, last, _ in struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * groups]):
        found.update(range(first, last + 1))
    return found


def _short_ranges(data: bytes, at: int) -> set[int]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    number = twice // 2
    ends = struct.unpack_from(f">{number}H", data, at + 14)
    starts = struct.unpack_from(f">{number}H", data, at + 16 + twice)
    deltas = struct.unpack_from(f">{number}H", data, at + 16 + 2 * twice)
    places = at + 16 + 3 * twice
    offsets = struct.unpack_from(f">{number}H", data, places)
    found: set[int] = set()
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", data, places + 2 * index + offset + 2 * (code - first))
            if (glyph + delta) & 0xFFFF if glyph or not offset else 0:
                found.add(code)
    return found
