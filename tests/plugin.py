"""Loaded by `-p tests.plugin` before everything else: the services must answer before Django's settings are read."""

import gc
import os

import pytest

from tests import services, times
from tests.order import longest_first

os.environ.setdefault("PLENARY_SPEED", "100")
# Who is new in a test is nobody's concern but that of tests/moderation/test_screening.py, which says how many posts wait.
os.environ.setdefault("SCREEN_FIRST_POSTS", "0")
os.environ.setdefault("SCREEN_LINKS_POSTS", "0")
# A page that was drawn is looked at again at once in tests; tests/common/test_visitor_pages.py turns the keeping on.
os.environ.setdefault("VISITOR_PAGES_KEPT_FOR", "0")
# Posts of the factories stand at a fixed date: that a post can no longer be changed is tried in tests/forum/test_changing.py.
os.environ.setdefault("EDIT_DAYS", "0")
# How fast somebody writes is the concern of tests/forum/test_pace.py alone.
for what in ("TOPICS", "REPLIES", "REACTIONS"):
    os.environ.setdefault(f"PACE_{what}", "0")
# No story waits for further replies; tests/notifications/test_letters.py says how long a letter does.
os.environ.setdefault("MAIL_GROUP_MINUTES", "0")
# Everybody comes from one address here; tests/forum/test_reading.py says how many whole topics that may ask for in a minute.
os.environ.setdefault("PRINTS_PER_MINUTE", "1000000")
os.environ.setdefault("KEPT_IS_COMPARED", "true")
# What is imported stays: to look through all of it again after every few hundred new objects took a third of the collecting.
gc.set_threshold(100_000, 50, 100)
services.start()


def pytest_unconfigure() -> None:
    services.stop()


def pytest_collection_finish() -> None:
    """What was imported and collected is never looked through again: that took a seventh of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a process of xdist, which hands out the files in the order in which they come."""
    if services.worker_number():
        longest_first(items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not services.worker_number():
        times.note(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in times.told():
        terminalreporter.write_line(line)
