"""A picture that somebody sent, made anew: square, small, and with nothing of the file it came in."""

import struct
import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE: Final = 192
MOST_BYTES: Final = 5_000_000
MOST_PIXELS: Final = 40_000_000
LEAST_SIDE: Final = 48
FORMATS: Final = ("JPEG", "PNG", "WEBP")


class NoPicture(Exception):
    """This cannot be used as one. `str()` is a sentence for the form."""


def drawn_anew(sent: bytes) -> bytes:
    """A square WebP of SIDE pixels cut from the middle. Whatever else the file holds (place, camera, comments, a second file
    behind the picture) is gone. Size and kind are read from its head before a pixel is decoded. Raises NoPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(sent), formats=FORMATS) as picture:
                _refuse(picture.size)
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is decoded at a fraction of its size
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise NoPicture("This is not a JPEG, PNG or WebP picture that can be opened. Choose another file.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture(_TOO_MANY) from error
    square = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", square.size, "white")
    ground.paste(square, mask=square.getchannel("A"))
    made = BytesIO()
    ground.save(made, "WEBP", quality=82, method=4)
    return made.getvalue()


_TOO_MANY = "This picture has more than 40 million pixels. Choose a smaller one."


def _refuse(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise NoPicture(_TOO_MANY)
    if min(size) < LEAST_SIDE:
        raise NoPicture(f"This picture is very small. Choose one of at least {LEAST_SIDE} by {LEAST_SIDE} pixels.")
