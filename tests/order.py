"""Which files the processes of a run begin with: the longest, so that no process is left alone with one of them at the end."""

from collections import Counter
from pathlib import Path

import pytest

LONGEST = (
    "tests/journeys/test_every_page_is_sound.py",
    "tests/visibility/test_matrix.py",
    "tests/config/test_up.py",
    "tests/security/test_authorisation.py",
    "tests/journeys/test_consultation_in_browsers.py",
    "tests/demo/test_loading.py",
    "tests/journeys/test_in_few_actions.py",
    "tests/security/test_fuzz.py",
    "tests/forum/test_visibility.py",
    "tests/journeys/test_every_page_is_reached.py",
    "tests/forum/test_in_a_browser.py",
    "tests/consultation/test_in_a_browser.py",
    "tests/journeys/test_by_keyboard.py",
    "tests/drills/test_weekly_drill.py",
    "tests/journeys/test_signing_in.py",
    "tests/journeys/test_register.py",
    "tests/journeys/test_consultation.py",
    "tests/security/test_personas_leak_nothing.py",
    "tests/config/test_services.py",
    "tests/journeys/test_debate.py",
    "tests/accounts/test_claiming.py",
    "tests/browser/test_look.py",
    "tests/drills/test_five_hundred_at_once.py",
    "tests/drills/test_scanners_in_a_browser.py",
    "tests/journeys/test_groups_and_roles.py",
    "tests/digest/test_in_browser.py",
    "tests/config/test_commands.py",
    "tests/journeys/test_moderation.py",
    "tests/drills/test_stopped_sender.py",
    "tests/drills/test_killed_sender.py",
    "tests/journeys/test_weekly.py",
    "tests/forum/imports/test_sample.py",
)
"""The longest as measured on 28 November 2026 (docs/testing.md), also those of a single long test: they came last by the number of
their tests, and one process waited for them. Whatever else drives a browser comes after the rest."""

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
