"""Which files the processes of a run begin with: the longest, so that no process is left alone with one of them at the end."""

from collections import Counter
from pathlib import Path

import pytest

LONGEST = (
    "tests/journeys/test_every_page_is_sound.py",
    "tests/visibility/test_matrix.py",
    "tests/config/test_up.py",
    "tests/security/test_fuzz.py",
    "tests/journeys/test_every_page_is_reached.py",
    "tests/security/test_authorisation.py",
    "tests/journeys/test_register.py",
    "tests/journeys/test_groups_and_roles.py",
    "tests/journeys/test_signing_in.py",
    "tests/forum/imports/test_sample.py",
    "tests/drills/test_killed_sender.py",
)
"""Over twenty seconds each, as measured on 27 November 2026; whatever drives a browser comes after them."""

ROOT = Path(__file__).resolve().parents[1]


def longest_first(items: list[pytest.Item]) -> None:
    """In place; within a file nothing moves. Fails where a file of the list is gone."""
    gone = [name for name in LONGEST if not (ROOT / name).is_file()]
    if gone:
        raise pytest.UsageError(f"tests/order.py names files that are not there: {', '.join(gone)}")
    files = [item.path.relative_to(ROOT).as_posix() for item in items]
    tests, drives = Counter(files), {name for name, item in zip(files, items, strict=True) if item.get_closest_marker("browser")}

    def place(name: str) -> tuple[int, bool, int, str]:
        return LONGEST.index(name) if name in LONGEST else len(LONGEST), name not in drives, -tests[name], name

    places = {id(item): place(name) for name, item in zip(files, items, strict=True)}
    items.sort(key=lambda item: places[id(item)])
