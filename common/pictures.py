"""A picture that somebody sent, opened with care and written anew, with nothing of the file it came in."""

import struct
import warnings
from collections.abc import Callable
from io import BytesIO
from threading import Lock
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ImageFile import ImageFile

MOST_OF_A_JPEG: Final = 50_000_000
MOST_PIXELS: Final = 16_000_000
MOST_OF_A_WEBP: Final = 10_000_000
LIMITS: Final = "50 million pixels as a JPEG, 10 million as a WebP, 16 million as anything else"
"""A JPEG is decoded at a fraction of its size; everything else, and one that comes in passes, whole: some 11 bytes a pixel, and
of a WebP 16, whose decoder keeps two of the whole beside the one that it gives."""
_TURNED: Final = 5  # from this value of its orientation on, a picture lies on its side
_ORIENTATION: Final = 0x0112
_one_at_a_time: Final = Lock()


class NoPicture(Exception):
    """This cannot be used as one. `str()` is a sentence for the form."""


def opened_upright(
    sent: bytes, *, formats: tuple[str, ...], least_side: int = 1, needed: Callable[[tuple[int, int]], tuple[int, int]]
) -> Image.Image:
    """The pixels as somebody looks at them, RGBA; of a moving picture the first. Size and kind are read from the head before a
    pixel is decoded. `needed`: the measures that are wanted of a picture of these measures: a larger one is made smaller on the
    way, but not below them. One picture at a time in a process, so that many sent at once take the memory of one. Raises
    NoPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with _one_at_a_time, Image.open(BytesIO(sent), formats=formats) as picture:
                _refuse(picture, least_side)
                return _made_smaller(picture, needed)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        names = ["JPEG" if name == "JPEG" else "WebP" if name == "WEBP" else name for name in formats]
        kinds = f"{', '.join(names[:-1])} or {names[-1]}"
        raise NoPicture(f"This is not a {kinds} picture that can be opened. Choose another file.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture(_too_many(MOST_OF_A_JPEG)) from error


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


def _made_smaller(picture: ImageFile, needed: Callable[[tuple[int, int]], tuple[int, int]]) -> Image.Image:
    """No copy in full size: what is turned, and what gets transparency, is small already."""
    if picture.getexif().get(_ORIENTATION, 1) >= _TURNED:
        height, width = needed((picture.height, picture.width))
    else:
        width, height = needed(picture.size)
    picture.draft("RGB", (width, height))
    picture.load()
    smaller: Image.Image = picture
    by = min(picture.width // width, picture.height // height)
    if by > 1:
        smaller = (picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGBA")).reduce(by)
    return ImageOps.exif_transpose(smaller).convert("RGBA")


def _refuse(picture: ImageFile, least_side: int) -> None:
    most = MOST_OF_A_WEBP if picture.format == "WEBP" else MOST_PIXELS
    if picture.format == "JPEG" and not picture.info.get("progressive"):
        most = MOST_OF_A_JPEG
    if picture.width * picture.height > most:
        raise NoPicture(_too_many(most))
    if min(picture.size) < least_side:
        raise NoPicture(f"This picture is very small. Choose one of at least {least_side} by {least_side} pixels.")


def _too_many(most: int) -> str:
    other = "" if most == MOST_OF_A_JPEG else ", or save it as a plain JPEG"
    return f"This picture has more than {most // 1_000_000} million pixels. Choose a smaller one{other}."
