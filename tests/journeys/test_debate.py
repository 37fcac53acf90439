"""A stranger becomes a member and is answered: the page, the notice and the mail come by themselves."""

import re

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser.site import Site
from tests.forum.factories import CategoryFactory
from tests.journeys.fixtures import eventually
from tests.journeys.steps import (
    come_to,
    fill,
    follow,
    heading,
    open_account_menu,
    open_mailed,
    open_notices,
    push,
    sign_in_by_hand,
    tick,
    wait_until_says,
    words,
)
from tests.mail.sink import Received, Sink

pytestmark = pytest.mark.browser
ME, PHRASE = "hester@example.org", "a-long-enough-phrase"
TITLE = "Does the exam fit a small practice?"


def test_from_signing_up_to_the_mail_about_the_first_reply(
    site: Site, browser: Chrome, another_browser: Chrome, worker: None, post_office: Sink
) -> None:
    CategoryFactory(name="Accreditation")
    UserFactory(member=True, email="tamsin@example.org", display_name="Tamsin Orr")

    sign_up(site, browser, post_office)
    start_a_topic(browser)
    follow(browser, "Home", within="//header")
    browser.execute_script("window.still = true")

    sign_in_by_hand(another_browser, site, "tamsin@example.org", PASSWORD)
    follow(another_browser, TITLE)
    fill(another_browser, body="It does *not*: nobody covers the desk.")
    push(another_browser, "Post reply")
    assert "nobody covers the desk" in words(another_browser)

    # the count, on a page that nobody touched
    wait_until_says(browser, "1 unread", where="#notice-count")
    assert browser.execute_script("return window.still") is True
    assert browser.title.startswith("(1) ")
    open_notices(browser)
    told = browser.find_element(By.CSS_SELECTOR, ".notices .title").text
    assert f"Tamsin Orr replied in your topic “{TITLE}”" in told
    # the mail: of what was read on the page before it went, none goes
    (_, mail) = eventually(lambda: post_office.to(ME)[:2] if len(post_office.to(ME)) > 1 else None)  # type: ignore[misc]
    follow(browser, "Tamsin Orr replied")
    assert browser.current_url.endswith("#p2")
    assert heading(browser) == TITLE
    assert_is_the_mail_about_the_reply(mail)
    open_mailed(browser, re.search(r"Read it in its place: (\S+)", mail.text)[1])  # type: ignore[index]
    assert browser.current_url.endswith("#p2")
    assert "nobody covers the desk" in browser.find_element(By.ID, "p2").text

    # the next one comes to the open page by itself
    push(browser, "In order of time")
    browser.execute_script("window.still = true")
    fill(another_browser, body="And who pays for the day?")
    push(another_browser, "Post reply")
    wait_until_says(browser, "And who pays for the day?", where="#p3")
    wait_until_says(browser, "1 new reply", where="#arrived")  # when it has asked for what else there may be
    assert browser.execute_script("return window.still") is True

    # enough of it
    open_mailed(browser, re.search(r"Mute it: (\S+)", mail.text)[1])  # type: ignore[index]
    push(browser, "Mute it")
    assert heading(browser) == "Muted"

    sign_out_and_in_again(browser)


def sign_up(site: Site, browser: Chrome, post_office: Sink) -> None:
    come_to(browser, site)
    follow(browser, "Sign up", within="//header")
    fill(browser, display_name="Hester Quill", email=ME, password1=PHRASE)
    tick(browser, "I accept the terms")
    push(browser, "Open the account")
    assert ME in browser.find_element(By.TAG_NAME, "main").text
    (mail,) = eventually(lambda: post_office.to(ME))  # type: ignore[misc]
    open_mailed(browser, re.search(r"https?://\S+/accounts/confirm-email/\S+", mail.text)[0])  # type: ignore[index]
    push(browser, "Yes, it is mine")
    assert "Hester" in words(browser)


def start_a_topic(browser: Chrome) -> None:
    follow(browser, "Forum", within="//header")
    follow(browser, "Accreditation", within="//main")
    follow(browser, "New topic")
    fill(browser, title="No", body="")
    push(browser, "Start the topic")
    assert browser.title.startswith("Error: ")
    fill(browser, title=TITLE, body="We are **four** people.")
    push(browser, "Start the topic")
    assert heading(browser) == TITLE


def assert_is_the_mail_about_the_reply(mail: Received) -> None:
    head = mail.message
    assert head["Subject"] == f"Re: {TITLE}"
    assert head["To"] == ME
    assert re.fullmatch(r"<topic\.\d+@plenary\.example\.org>", head["In-Reply-To"])
    assert head["References"] == head["In-Reply-To"]
    assert re.fullmatch(r"<post\.\d+\.\w+@plenary\.example\.org>", head["Message-ID"])
    assert head["Auto-Submitted"] == "auto-generated"
    assert head.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in head.iter_parts()] == ["text/plain", "text/html"]
    assert "Hello Hester" in mail.text
    assert "It does not: nobody covers the desk." in mail.text
    assert re.search(r"It does <em[^>]*>not</em>: nobody covers the desk\.", mail.html)
    (link,) = {*re.findall(r"https?://\S+/posts/2/\S*", mail.text)}
    assert f'href="{link}"' in mail.html


def sign_out_and_in_again(browser: Chrome) -> None:
    open_account_menu(browser)
    push(browser, "Sign out", within="//header")
    follow(browser, "Sign in", within="//header")
    fill(browser, login=ME, password="not-the-password-at-all")
    push(browser, "Sign in", within="//main")
    assert browser.title.startswith("Error:")
    fill(browser, password=PHRASE)
    push(browser, "Sign in", within="//main")
    assert "Hester" in words(browser)
