"""`site`, `browser`, `another_browser`, `browser_without_scripts`: for whatever is proved on the served site."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from selenium.webdriver import Chrome

pytest.register_assert_rewrite("tests.browser.driver")

from tests.browser.driver import CHROMEDRIVER, CHROMIUM, begin_afresh, chrome  # noqa: E402 - after the line above
from tests.browser.site import Site, served  # noqa: E402


@pytest.fixture(scope="session")
def _servers(django_db_setup: None, django_db_blocker) -> Iterator[Site]:  # type: ignore[no-untyped-def]
    with served() as site:
        yield site


@pytest.fixture
def site(_servers: Site, transactional_db: None) -> Site:
    """The served site on an empty database and an empty cache. What the test writes, the site sees, and the other way about."""
    cache.clear()
    return _servers


@pytest.fixture(scope="session")
def _chromium() -> None:
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip("Chromium and its driver are not installed")


@pytest.fixture(scope="session")
def _chrome(_chromium: None) -> Iterator[Chrome]:
    with chrome() as driver:
        yield driver


@pytest.fixture
def browser(_chrome: Chrome) -> Chrome:
    """A browser nobody has used before."""
    begin_afresh(_chrome)
    return _chrome


@pytest.fixture
def another_browser(_chromium: None) -> Iterator[Chrome]:
    """Somebody else's browser, to see what reaches it."""
    with chrome() as driver:
        begin_afresh(driver)
        yield driver


@pytest.fixture
def browser_without_scripts(_chromium: None) -> Iterator[Chrome]:
    """A browser in which no script of a page runs."""
    with chrome(scripts=False) as driver:
        begin_afresh(driver)
        yield driver
