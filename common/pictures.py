"""A picture that somebody sent, opened with care and written anew, with nothing of the file it came in."""

import struct
import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS: Final = 40_000_000
_TOO_MANY: Final = "This picture has more than 40 million pixels. Choose a smaller one."


class NoPicture(Exception):
    """This cannot be used as one. `str()` is a sentence for the form."""


def opened_upright(sent: bytes, *, formats: tuple[str, ...], least_side: int = 1, draft: tuple[int, int]) -> Image.Image:
    """The pixels as somebody looks at them, RGBA; of a moving picture the first. Size and kind are read from the head before a
    pixel is decoded; a large JPEG is decoded at a fraction of its size, but not below `draft`. Raises NoPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(sent), formats=formats) as picture:
                _refuse(picture.size, least_side)
                picture.draft("RGB", draft)
                return ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        names = ["JPEG" if name == "JPEG" else "WebP" if name == "WEBP" else name for name in formats]
        kinds = f"{', '.join(names[:-1])} or {names[-1]}"
        raise NoPicture(f"This is not a {kinds} picture that can be opened. Choose another file.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture(_TOO_MANY) from error


def on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, and as a picture that never saw a file."""
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def as_webp(picture: Image.Image, *, quality: int) -> bytes:
    """Pixels alone: place, camera, comments, colour profile, a second file behind the picture are gone."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    made = BytesIO()
    bare.save(made, "WEBP", quality=quality, method=4)
    return made.getvalue()


def _refuse(size: tuple[int, int], least_side: int) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise NoPicture(_TOO_MANY)
    if min(size) < least_side:
        raise NoPicture(f"This picture is very small. Choose one of at least {least_side} by {least_side} pixels.")
