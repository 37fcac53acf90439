"""The addresses of pictures that we keep ourselves, by which Markdown tells them from pictures elsewhere. Pure.

`/forum/files/<id>/picture-1600x1200.webp` is the large one, as `forum:file` serves it, and `small-…` the one in the text. The
measures stand in the address, so that a page keeps the room free without asking the database.
"""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

LARGE: Final = (1600, 2400)
SMALL: Final = (640, 960)
"""The most that a picture is wide and high."""

OWN_FILES: Final = "/forum/files/"
"""Stands in every address of a file of ours."""

_ID: Final = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_PICTURE: Final = re.compile(rf"{OWN_FILES}{_ID}/(?:picture|small)-(\d{{1,4}})x(\d{{1,4}})\.webp")
_FILE: Final = re.compile(rf"{OWN_FILES}{_ID}/")


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """`small`: the address of the one in the text, `width` and `height` its measures."""

    large: str
    small: str
    width: int
    height: int


def own_picture(address: str) -> OwnPicture | None:
    """What an address of ours leads to; None for any other address."""
    found = _PICTURE.fullmatch(address)
    if found is None or not int(found[2]) or not int(found[3]):
        return None
    width, height = fitted((int(found[2]), int(found[3])), SMALL)
    large, small = address.replace("/small-", "/picture-"), address.replace("/picture-", "/small-")
    return OwnPicture(large, small, width, height)


def is_small_picture(address: str) -> bool:
    return "/small-" in address and own_picture(address) is not None


def file_in(address: str) -> UUID | None:
    """The file that a path of ours names."""
    found = _FILE.match(address)
    return UUID(found[1]) if found else None


def fitted(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """The largest measures of the same shape that fit, never larger than they are."""
    width, height = size
    scale = min(1.0, room[0] / width, room[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
