"""What a picture that somebody sends costs in memory."""

import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from common.own_pictures import LARGE, fitted
from common.pictures import NoPicture, opened_upright

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
PEAK = """
import resource, sys
from pathlib import Path
from PIL import Image
from common.own_pictures import LARGE, fitted
from common.pictures import opened_upright
Image.init()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = Path(sys.argv[1]).read_bytes()
opened_upright(data, formats=("JPEG", "PNG", "WEBP", "GIF"), needed=lambda size: fitted(size, LARGE))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def made(size: tuple[int, int], kind: str, *, mode: str = "RGB", **how: object) -> bytes:
    stored = BytesIO()
    Image.new(mode, size, (90, 120, 60, 200)[: len(mode)]).save(stored, kind, **how)
    return stored.getvalue()


def needed(size: tuple[int, int]) -> tuple[int, int]:
    return fitted(size, LARGE)


@pytest.mark.parametrize(
    ("data", "most"),
    [
        (made((8660, 5770), "JPEG"), 110),
        (made((4000, 4000), "PNG", mode="RGBA", compress_level=1), 180),
        (made((4000, 2500), "WEBP", mode="RGBA", quality=50, method=0), 180),
    ],
    ids=["a JPEG of 50 million pixels", "a PNG of 16 million", "a WebP of 10 million"],
)
def test_the_largest_that_is_taken_needs_so_many_megabytes(data, most, tmp_path):
    file = tmp_path / "picture"
    file.write_bytes(data)
    told = subprocess.run([sys.executable, "-c", PEAK, str(file)], check=True, capture_output=True, text=True)
    assert int(told.stdout) <= most


@pytest.mark.parametrize("turned", [1, 6])
def test_it_is_never_made_smaller_than_what_is_drawn_of_it(turned):
    about = Image.Exif()
    about[0x0112] = turned
    seen = opened_upright(made((5000, 2000), "JPEG", exif=about), formats=FORMATS, needed=needed)
    wide, high = seen.size
    assert (wide > high) == (turned == 1)
    assert needed(seen.size) == needed((5000, 2000) if turned == 1 else (2000, 5000))


def test_a_webp_is_held_three_times_and_may_be_less_large():
    with pytest.raises(NoPicture, match=r"10 million pixels.*plain JPEG"):
        opened_upright(made((4010, 2500), "WEBP", quality=1, method=0), formats=FORMATS, needed=needed)


def test_a_jpeg_that_comes_in_passes_is_held_whole_and_may_be_less_large():
    with pytest.raises(NoPicture, match=r"16 million pixels.*plain JPEG"):
        opened_upright(made((4100, 4100), "JPEG", progressive=True), formats=FORMATS, needed=needed)
