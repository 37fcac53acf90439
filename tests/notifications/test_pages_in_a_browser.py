"""The list with something in it. Served from this process, because only here the test kinds are behind the doors; so no
socket answers, and the console says so."""

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from notifications.models import Notice
from tests.browser.driver import assert_page_is_sound, leaving, show
from tests.notifications.conftest import happen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_SOCKET = r"WebSocket connection to .*/live/"


@pytest.fixture(scope="session")
def _no_lasting_connections():
    """The server's threads outlive their test; connections of theirs would keep the database from being dropped."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture
def sign_in(_no_lasting_connections, live_server, member):
    used = []

    def put_session_into(browser):
        client = Client()
        client.force_login(member)
        browser.get(f"{live_server.url}/healthz")
        name = settings.SESSION_COOKIE_NAME
        browser.add_cookie({"name": name, "value": client.cookies[name].value, "path": "/"})
        used.append(browser)

    yield put_session_into
    for browser in used:
        browser.get("about:blank")  # so that no page goes on asking


@pytest.fixture
def three_notices(member):
    now = timezone.now()
    return Notice.objects.bulk_create(
        Notice(
            user=member,
            event=happen(thing=thing, at=now),
            kind="test.heard",
            key=f"k{thing}",
            at=now,
            read_at=now if thing == 3 else None,
        )
        for thing in (1, 2, 3)
    )


def press(browser, selector):
    """Click what leads to another page, and wait until that is here."""
    leaving(browser, browser.find_element(By.CSS_SELECTOR, selector).click)


def sentences(browser, selector=".notices .title"):
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, selector)]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (320, "dark")])
def test_the_list_is_sound(live_server, browser, sign_in, three_notices, width, scheme):
    sign_in(browser)
    show(browser, width=width, scheme=scheme)
    browser.get(f"{live_server.url}/notices/")
    assert len(sentences(browser)) == 3
    assert_page_is_sound(browser, expected=NO_SOCKET)


def test_marking_one_changes_its_line_and_the_count_without_leaving_the_page(live_server, browser, sign_in, three_notices):
    sign_in(browser)
    browser.get(f"{live_server.url}/notices/")
    browser.execute_script("window.still = true")
    browser.find_element(By.CSS_SELECTOR, ".notices button").click()
    WebDriverWait(browser, 15).until(lambda page: len(page.find_elements(By.CSS_SELECTOR, ".notices button")) == 1)
    assert browser.find_element(By.ID, "notice-count").text.startswith("1")
    assert browser.execute_script("return window.still") is True
    assert Notice.objects.unread().count() == 1


def test_everything_works_without_scripts(live_server, browser_without_scripts, sign_in, three_notices):
    browser = browser_without_scripts
    sign_in(browser)
    browser.get(f"{live_server.url}/notices/")
    press(browser, ".notices button")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".notices button")) == 1
    press(browser, "form[action$='/notices/read/'] button")
    assert not browser.find_elements(By.CSS_SELECTOR, ".notices button")
    assert not Notice.objects.unread().exists()
    press(browser, "main a[href$='/preferences/']")
    browser.find_element(By.CSS_SELECTOR, "main input[value=daily]").click()
    press(browser, "main form button")
    assert "Saved." in browser.find_element(By.ID, "messages").text
    assert browser.find_element(By.CSS_SELECTOR, "main input[value=daily]").is_selected()


def test_the_bell_opens_a_tray_that_empties_and_the_title_counts(live_server, browser, sign_in, three_notices):
    sign_in(browser)
    browser.get(f"{live_server.url}/notices/preferences/")
    assert browser.title.startswith("(2) ")
    assert_page_is_sound(browser, expected=NO_SOCKET)
    browser.find_element(By.CSS_SELECTOR, "a[data-tray]").click()
    WebDriverWait(browser, 15).until(lambda page: len(page.find_elements(By.CSS_SELECTOR, "#tray li")) == 2)
    assert sentences(browser, "#tray li > a") == ["Thing 2 happened", "Thing 1 happened"]
    assert_page_is_sound(browser, expected=NO_SOCKET)
    browser.find_element(By.CSS_SELECTOR, "#tray li button").click()
    WebDriverWait(browser, 15).until(lambda page: len(page.find_elements(By.CSS_SELECTOR, "#tray li")) == 1)
    assert browser.title.startswith("(1) ")
    browser.find_element(By.CSS_SELECTOR, "#tray form[action$='/notices/read/'] button").click()
    WebDriverWait(browser, 15).until(lambda page: "Nothing new." in page.find_element(By.ID, "tray").text)
    assert not browser.title.startswith("(")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.find_element(By.ID, "tray").is_displayed()
    assert browser.switch_to.active_element.get_attribute("data-tray")
