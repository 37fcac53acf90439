"""Keyset paging: pages that do not shift when rows arrive and cost the same at row 20 and row 20,000.

A cursor is a tuple of plain values, written into the URL as base64 JSON. It is not a secret and not trusted: values are
only ever compared with columns, and the visibility rule stays in the query.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Cursor = tuple[str | int, ...]


class BadCursor(ValueError):
    """The page address was altered or cut. Views answer 404."""


def write_cursor(values: Cursor) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str, *, length: int) -> Cursor:
    """The values of a cursor written by `write_cursor`, `length` of them. Raises BadCursor."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor(text) from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor(text)
    if not all(isinstance(value, (str, int)) and not isinstance(value, bool) and "\0" not in str(value) for value in values):
        raise BadCursor(text)
    return tuple(values)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in reading order; `older` and `newer` are cursors for the neighbouring pages, empty where there is none."""

    rows: Sequence[Row]
    older: str = ""
    newer: str = ""


def take_page(rows: Sequence[Row], *, size: int, key: Callable[[Row], Cursor], has_newer: bool) -> Page[Row]:
    """Cut a page out of up to `size + 1` rows fetched newest first; the extra row only proves that there is more."""
    shown = rows[:size]
    return Page(
        rows=shown,
        older=write_cursor(key(shown[-1])) if len(rows) > size else "",
        newer=write_cursor(key(shown[0])) if has_newer and shown else "",
    )
