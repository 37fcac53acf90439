"""A stranger gets the weekly and leaves it: the form, real mail from a real worker, one edition, one click, then silence."""

import re
import time
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from digest.actions.editions import cut_now, draft_edition, write_note
from digest.models import Delivery, Run, Subscription
from tests.accounts.factories import UserFactory
from tests.browser.driver import assert_page_is_sound, press
from tests.browser.site import Site
from tests.journeys.fixtures import eventually
from tests.mail.sink import Sink

pytestmark = pytest.mark.browser


def test_subscribe_confirm_receive_once_and_leave_in_one_click(
    site: Site, browser: Chrome, worker: None, post_office: Sink
) -> None:
    now = timezone.now()
    editor = UserFactory(organiser=True)
    note = "The argument this week was about *Tuesday* afternoons."
    draft = write_note(draft_edition(at=now), by=editor, headline="Who covers the desk", note=note, picks=[], at=now)
    edition = cut_now(draft, by=editor, at=now)

    browser.get(site.url)
    press(browser, browser.find_element(By.LINK_TEXT, "Get the weekly"))
    assert_page_is_sound(browser)
    browser.find_element(By.NAME, "email").send_keys("maren@example.org")
    press(browser, browser.find_element(By.CSS_SELECTOR, "main button[type=submit]"))
    assert "Look in your mailbox" in browser.find_element(By.TAG_NAME, "h1").text
    assert_page_is_sound(browser)

    (asked,) = eventually(lambda: post_office.to("maren@example.org"))  # type: ignore[misc]
    browser.get(re.search(r"https?://\S+/weekly/confirm/\S+", asked.text)[0])  # type: ignore[index] - a click in the mail
    assert Subscription.objects.get().state == "pending", "opening the page changes nothing"
    assert_page_is_sound(browser)
    press(browser, browser.find_element(By.CSS_SELECTOR, "main button[type=submit]"))
    assert "You get the weekly" in browser.find_element(By.TAG_NAME, "h1").text
    assert_page_is_sound(browser)

    due = Subscription.objects.get().next_due_at
    assert due is not None
    assert due - timezone.now() <= timedelta(minutes=1)
    Subscription.objects.update(next_due_at=timezone.now().replace(microsecond=0))  # a minute's wait, spared

    eventually(lambda: len(post_office.to("maren@example.org")) == 2)
    weekly = post_office.to("maren@example.org")[1]
    assert weekly.message["Subject"] == f"No. {edition.number}: Who covers the desk"
    assert "Tuesday afternoons" in weekly.text
    assert "<em>Tuesday</em>" in weekly.html or re.search(r"<em[^>]*>Tuesday</em>", weekly.html)
    eventually(lambda: Run.objects.filter(state="done").exists())

    browser.get(re.search(r"Read on the web:\s+(\S+)", weekly.text)[1])  # type: ignore[index]
    assert "Who covers the desk" in browser.find_element(By.TAG_NAME, "h1").text
    assert_page_is_sound(browser)
    browser.get(re.search(r"Change the day or pause:\s+(\S+)", weekly.text)[1])  # type: ignore[index]
    assert_page_is_sound(browser)
    assert "maren" not in browser.find_element(By.TAG_NAME, "body").text

    one_click = re.match(r"<([^>]+)>", weekly.message["List-Unsubscribe"])[1]  # type: ignore[index]
    body = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(one_click, body, timeout=20) as response:  # as a mail program does: no cookie
        assert response.status == 200
    assert Subscription.objects.get().state == "ended"
    browser.get(one_click)
    assert "You have left the weekly" in browser.find_element(By.TAG_NAME, "h1").text
    assert_page_is_sound(browser)

    time.sleep(2)  # beat runs at a hundred times its speed: three further ticks
    assert len(post_office.to("maren@example.org")) == 2
    assert Delivery.objects.get().state == "accepted"
