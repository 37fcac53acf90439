"""The script of the page, in a real browser, with the real live process."""

import pytest
from django.utils import timezone
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from accounts.notices import RoleOfMine
from notifications.actions.reading import mark_read
from notifications.announcing import announce_notices
from notifications.expander import expand_next
from notifications.models import Event, Notice
from tests.browser.driver import assert_page_is_sound, show
from tests.browser.site import sign_in
from tests.notifications.conftest import happen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BADGE = (By.CSS_SELECTOR, "#notice-count")


def tell(thing):
    """The served site knows no kinds of these tests, and counts only what is in use: the notices become of a kind that it knows."""
    happen(thing=thing, at=timezone.now())
    assert expand_next(at=timezone.now())
    told = Notice.objects.filter(kind="test.heard")
    people = list(told.values_list("user_id", flat=True))
    about = {"user": people[0], "role": "member", "what": next(iter(RoleOfMine.sentences))} if people else {}
    Event.objects.filter(notices__in=told).update(data=about)
    told.update(kind="accounts.role")
    announce_notices(people)


def wait_for_badge(browser, text, *, seconds=15):
    WebDriverWait(browser, seconds).until(lambda page: page.find_element(*BADGE).get_attribute("textContent") == text)
    return browser.find_element(*BADGE)


KEEP_WHAT_IS_TOLD = """
window.heard = [];
for (const name of ["plenary:live", "plenary:poll"])
  document.addEventListener(name, (event) => window.heard.push([name, event.detail]));
"""
# Deferred scripts run after this moment: the page's own script finds an address where nobody answers.
LEAD_ASTRAY = """
document.addEventListener("readystatechange", () => {
  const meta = document.querySelector("meta[name=plenary-live]");
  if (meta && document.readyState === "interactive") meta.content = meta.content.replace("/live/", "/nowhere/");
});
"""


@pytest.fixture
def on_every_page(browser):
    """Run a script before a page's own, until the test is over."""
    added = []

    def run(source):
        added.append(browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})["identifier"])

    run(KEEP_WHAT_IS_TOLD)
    yield run
    for identifier in added:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": identifier})


def heard(browser, name, *, seconds=15):
    """What the page was told under this name, once there is something."""
    return WebDriverWait(browser, seconds).until(
        lambda page: page.execute_script(
            "return window.heard.filter(([kind]) => kind === arguments[0]).map(([, detail]) => detail)", name
        )
    )


def test_the_unread_count_of_an_open_page_follows_what_happens(site, browser, member, on_every_page):
    sign_in(browser, site, member)
    browser.get(site.url)
    assert heard(browser, "plenary:live") == [{"notices": 0}]
    assert not browser.find_element(*BADGE).is_displayed()
    tell(1)
    assert wait_for_badge(browser, "1 unread").is_displayed()
    tell(2)
    wait_for_badge(browser, "2 unread")
    mark_read(Notice.objects.all(), by=member, at=timezone.now())
    announce_notices([member.pk])
    assert not wait_for_badge(browser, "0 unread").is_displayed()
    assert_page_is_sound(browser)


def test_a_page_says_what_it_wants_to_hear_and_a_refusal_does_no_harm(site, browser, member, on_every_page):
    sign_in(browser, site, member)
    browser.get(site.url)
    heard(browser, "plenary:live")
    browser.execute_script(
        "document.querySelector('main').dataset.listen = 'topic:7'; document.dispatchEvent(new CustomEvent('htmx:afterSettle', {detail: {elt: document.body}}))"
    )
    WebDriverWait(browser, 15).until(lambda page: {"refused": "topic:7"} in heard(page, "plenary:live"))
    assert_page_is_sound(browser)


def test_a_page_whose_socket_cannot_be_reached_asks_for_the_count_by_itself(site, browser, member, on_every_page):
    on_every_page(LEAD_ASTRAY)
    sign_in(browser, site, member)
    browser.get(site.url)
    tell(1)
    wait_for_badge(browser, "1 unread", seconds=45)
    assert {} in heard(browser, "plenary:poll")
    assert browser.execute_script("return window.heard.some(([kind]) => kind === 'plenary:live')") is False


def test_a_visitors_page_opens_no_socket(site, browser):
    browser.get(site.url)
    assert "live.js" not in browser.page_source


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/notices/", "/notices/preferences/"])
def test_the_pages_are_sound(site, browser, member, path, width):
    tell(1)
    sign_in(browser, site, member)
    show(browser, width=width)
    browser.get(f"{site.url}{path}")
    assert_page_is_sound(browser)
