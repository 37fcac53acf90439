"""Loaded by `-p tests.plugin` before everything else: the services must answer before Django's settings are read."""

import os

from tests import services

os.environ.setdefault("PLENARY_SPEED", "100")
# Who is new in a test is nobody's concern but that of tests/moderation/test_screening.py, which says how many posts wait.
os.environ.setdefault("SCREEN_FIRST_POSTS", "0")
os.environ.setdefault("SCREEN_LINKS_POSTS", "0")
# A page that was drawn is looked at again at once in tests; tests/common/test_visitor_pages.py turns the keeping on.
os.environ.setdefault("VISITOR_PAGES_KEPT_FOR", "0")
services.start()


def pytest_unconfigure() -> None:
    services.stop()
