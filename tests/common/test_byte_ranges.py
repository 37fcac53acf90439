"""Parts of files as RFC 9110 has them: its own examples are of 10,000 bytes."""

import pytest

from common.byte_ranges import NoSuchPart, Part, part_asked_for


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-499", 0, 499),
        ("bytes=500-999", 500, 999),
        ("bytes=-500", 9500, 9999),
        ("bytes=9500-", 9500, 9999),
        ("bytes=0-0", 0, 0),
        ("bytes=-1", 9999, 9999),
        ("bytes=9000-99999999", 9000, 9999),
        ("bytes=-99999999", 0, 9999),
        ("Bytes= 5-6 ", 5, 6),
    ],
)
def test_one_part_is_that_part(asked, first, last):
    part = part_asked_for(asked, 10_000)
    assert part == Part(first, last, 10_000)
    assert (part.length, part.told) == (last - first + 1, f"bytes {first}-{last}/10000")


@pytest.mark.parametrize(
    "asked", ["", "bytes=", "bytes=-", "bytes=9-3", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=+1-2", "bytes=٣-٤", "0-3"]
)
def test_what_is_no_part_is_the_whole(asked):
    assert part_asked_for(asked, 10_000) is None


@pytest.mark.parametrize(
    ("asked", "size"), [("bytes=10000-", 10_000), ("bytes=99999-100000", 10_000), ("bytes=-0", 10_000), ("bytes=-5", 0)]
)
def test_what_lies_behind_the_end_is_no_part(asked, size):
    with pytest.raises(NoSuchPart):
        part_asked_for(asked, size)
