"""A stranger becomes a member: every step clicked from the home page, the mail sent by a real worker over real SMTP."""

import re

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.browser.driver import assert_page_is_sound
from tests.browser.site import Site
from tests.journeys.fixtures import eventually
from tests.mail.sink import Sink

pytestmark = pytest.mark.browser


def test_sign_up_confirm_sign_out_and_in_again(site: Site, browser: Chrome, worker: None, post_office: Sink) -> None:
    browser.get(site.url)
    browser.find_element(By.LINK_TEXT, "Sign up").click()
    assert_page_is_sound(browser)
    fill(browser, display_name="Hester Quill", email="hester@example.org", password1="a-long-enough-phrase")
    assert "hester@example.org" in browser.find_element(By.TAG_NAME, "main").text
    assert_page_is_sound(browser)

    mail = eventually(lambda: post_office.to("hester@example.org"))[0]  # type: ignore[index]
    browser.get(re.search(r"https?://\S+/accounts/confirm-email/\S+", mail.text)[0])  # type: ignore[index] - a click in the mail
    assert_page_is_sound(browser)
    browser.find_element(By.CSS_SELECTOR, "main button[type=submit]").click()
    assert "Hester" in browser.find_element(By.TAG_NAME, "body").text

    browser.find_element(By.CSS_SELECTOR, ".topbar .tools details summary, .topbar .tools .menu summary").click()
    browser.find_element(By.XPATH, "//header//button[contains(., 'Sign out')]").click()
    browser.find_element(By.LINK_TEXT, "Sign in").click()
    assert_page_is_sound(browser)
    fill(browser, login="hester@example.org", password="not-the-password-at-all")
    assert browser.title.startswith("Error:")
    assert_page_is_sound(browser)
    fill(browser, password="a-long-enough-phrase")
    assert "Hester" in browser.find_element(By.TAG_NAME, "body").text


def fill(browser: Chrome, **fields: str) -> None:
    """Type into the fields of the page's form and send it."""
    field = None
    for name, text in fields.items():
        field = browser.find_element(By.CSS_SELECTOR, f"main [name={name}]")
        field.clear()
        field.send_keys(text)
    assert field is not None
    field.submit()
