"""A picture of a person, made anew: square, small, and with nothing of the file it came in."""

from typing import Final

from PIL import Image, ImageOps

from common.pictures import LIMITS, NoPicture, as_webp, on_white, opened_upright

__all__ = ["FORMATS", "LEAST_SIDE", "LIMITS", "MOST_BYTES", "SIDE", "NoPicture", "drawn_anew"]

SIDE: Final = 192
MOST_BYTES: Final = 5_000_000
LEAST_SIDE: Final = 48
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def drawn_anew(sent: bytes) -> bytes:
    """A square WebP of SIDE pixels cut from the middle. Whatever else the file holds (place, camera, comments, a second file
    behind the picture) is gone. Raises NoPicture."""
    upright = opened_upright(sent, formats=FORMATS, least_side=LEAST_SIDE, needed=lambda _: (2 * SIDE, 2 * SIDE))
    return as_webp(on_white(ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)), quality=82)
