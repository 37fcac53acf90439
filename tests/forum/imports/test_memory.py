"""An archive of any size is read in the same memory."""

import io
import json
import tarfile
import tracemalloc

import pytest

from forum.imports.archives import members
from forum.imports.categories import Categories
from forum.imports.run import import_archive
from tests.forum.factories import AT
from tests.forum.imports.archive import HOST, a_post, a_topic


def big(path, topics: int):
    """About a megabyte of JSON in each 25 topics of 20 posts."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number in range(1, topics + 1):
            posts = [a_post(at, cooked=f"<p>{number} {at} {'word ' * 350}</p>") for at in range(1, 21)]
            data = json.dumps(a_topic(number, *posts)).encode()
            info = tarfile.TarInfo(f"topics/t.{number}.json")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def peak(path) -> int:
    tracemalloc.start()
    try:
        for _ in members(path):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_reading_fifty_megabytes_takes_no_more_than_reading_five(tmp_path):
    small, large = big(tmp_path / "small.tar.gz", 125), big(tmp_path / "large.tar.gz", 1_250)
    assert peak(large) < peak(small) + 500_000


@pytest.mark.django_db
def test_importing_three_times_as_much_takes_little_more_memory(tmp_path):
    peaks = []
    for name, topics in (("warm", 2), ("small", 25), ("large", 75)):
        path = big(tmp_path / f"{name}.tar.gz", topics)
        tracemalloc.start()
        report = import_archive(path, access="public", at=AT, host=f"{name}.{HOST}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert report.topics == topics
    assert peaks[2] < peaks[1] + 2_000_000
    assert peaks[2] < 40_000_000


@pytest.mark.django_db
def test_a_badge_gives_a_category_its_name():
    categories = Categories(HOST, "public", at=AT)
    made = categories.of(5)
    categories.learn_from_badges(
        '<a class="badge-wrapper  bullet" href="/c/a/code-exchange/5"><span class="badge-category-bg" style="x"></span>'
        '<span style="" data-drop-close="true" class="badge-category clear-badge" title="Share">Code Exchange</span></a>'
    )
    categories.give_names()
    made.refresh_from_db()
    assert made.name == "Code Exchange"
