"""Signing in by everything but a password, in a browser: a passkey, an app, a code by mail; each page sound on the way."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.wait import WebDriverWait

from accounts.models import User
from accounts.standing import standing_of
from tests.accounts.factories import PASSWORD, UserFactory
from tests.accounts.ways_in import deliver, link_in, six_digits
from tests.browser.driver import assert_page_is_sound, show
from tests.browser.site import Site, served
from tests.journeys.steps import come_to, fill, follow, heading, look, open_account_menu, open_mailed, push, tick, words
from tests.mail.sink import Sink

pytestmark = pytest.mark.browser
ME, PHRASE, HOME = "hester@example.org", "velvet otter lantern", "hester@home.example"


@contextmanager
def a_phone_s_lock(browser: Chrome) -> Iterator[None]:
    """A device that keeps passkeys and knows its owner's finger."""
    options = VirtualAuthenticatorOptions(
        protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
        transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
        has_resident_key=True,
        has_user_verification=True,
        is_user_verified=True,
    )
    browser.add_virtual_authenticator(options)
    try:
        yield
    finally:
        browser.remove_virtual_authenticator()


@pytest.fixture(scope="module")
def _named_servers(django_db_setup: None, django_db_blocker) -> Iterator[Site]:  # type: ignore[no-untyped-def]
    with served("localhost") as site:
        yield site


@pytest.fixture
def named(_named_servers: Site, transactional_db: None) -> Site:
    """The site by its name."""
    cache.clear()
    return _named_servers


def sign_out(browser: Chrome) -> None:
    open_account_menu(browser)
    push(browser, "Sign out", within="//header")


def still_me(browser: Chrome, password: str) -> None:
    assert heading(browser) == "Is it still you?"
    fill(browser, password=password)
    push(browser, "Go on")


def on_a_phone_too(browser: Chrome) -> None:
    show(browser, width=390, scheme="dark")
    assert_page_is_sound(browser)
    show(browser)


def test_from_signing_up_to_a_passkey_and_back_in_with_it(named: Site, browser: Chrome, sink: Sink) -> None:
    with a_phone_s_lock(browser):
        come_to(browser, named)
        follow(browser, "Sign up", within="//header")
        fill(browser, display_name="Hester Quill", email=ME, password1=PHRASE)
        tick(browser, "I accept the terms")
        push(browser, "Open the account")
        deliver()
        open_mailed(browser, named.url + link_in(sink.to(ME)[0], "confirm-email"))
        push(browser, "Yes, it is mine")

        open_account_menu(browser)
        follow(browser, "Your account", within="//header")
        follow(browser, "Passkeys and a second step")
        on_a_phone_too(browser)
        follow(browser, "Add a passkey")
        still_me(browser, PHRASE)
        assert heading(browser) == "Add a passkey"
        on_a_phone_too(browser)
        fill(browser, name="Work laptop")
        push(browser, "Make the passkey")
        assert heading(browser) == "Recovery codes"
        assert len(browser.find_elements(By.CSS_SELECTOR, "main .codes li")) == 10
        on_a_phone_too(browser)
        follow(browser, "Done")
        follow(browser, "Rename or remove")
        assert "Work laptop" in words(browser)

        sign_out(browser)
        follow(browser, "Sign in", within="//header")
        push(browser, "Use a passkey")
        assert User.objects.get().display_name in browser.find_element(By.CSS_SELECTOR, "details.account").get_attribute(
            "textContent"
        )

        open_account_menu(browser)
        follow(browser, "Your account", within="//header")
        follow(browser, "Where you are signed in")
        assert "Chrome on Linux" in words(browser)
        assert "This one" in words(browser)
        on_a_phone_too(browser)

        sign_out(browser)
        follow(browser, "Sign in", within="//header")
        fill(browser, login=ME, password=PHRASE)
        push(browser, "Sign in", within="//main")
        assert heading(browser) == "The second step"
        on_a_phone_too(browser)
        push(browser, "Use a passkey instead")
        open_account_menu(browser)
        follow(browser, "Your account", within="//header")
        follow(browser, "Passkeys and a second step")
        follow(browser, "Rename or remove")
        follow(browser, "Rename")
        if heading(browser) == "Is it still you?":
            follow(browser, "Use a passkey")
            push(browser, "Use a passkey")
        fill(browser, name="Old laptop")
        push(browser, "Save the name")
        follow(browser, "Remove")
        push(browser, "Remove it")
        assert "You have none" in words(browser)


def test_where_no_passkey_is_found_the_page_says_so(named: Site, browser: Chrome) -> None:
    with a_phone_s_lock(browser):
        come_to(browser, named)
        follow(browser, "Sign in", within="//header")
        on_a_phone_too(browser)
        trouble = browser.find_element(By.CSS_SELECTOR, "[data-passkey-trouble]")
        assert not trouble.is_displayed()
        browser.execute_script("navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))")
        browser.find_element(By.XPATH, "//main//button[contains(., 'Use a passkey')]").click()
        WebDriverWait(browser, 30).until(lambda _: trouble.is_displayed())
        look(browser)


def test_an_app_is_set_up_asked_for_and_taken_off(named: Site, browser: Chrome) -> None:
    user = UserFactory(email=ME, display_name="Hester Quill", member=True)
    come_to(browser, named)
    follow(browser, "Sign in", within="//header")
    fill(browser, login=ME, password=PASSWORD)
    push(browser, "Sign in", within="//main")
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "Passkeys and a second step")
    follow(browser, "Set up an app")
    still_me(browser, PASSWORD)
    picture = browser.find_element(By.CSS_SELECTOR, "main img")
    assert browser.execute_script("return arguments[0].naturalWidth", picture) > 0
    on_a_phone_too(browser)
    fill(browser, code="123")
    push(browser, "Set it up")
    assert browser.title.startswith("Error")
    secret = browser.find_element(By.CSS_SELECTOR, "main code").text
    fill(browser, code=six_digits(secret))
    push(browser, "Set it up")
    spare = browser.find_element(By.CSS_SELECTOR, "main .codes li").text
    assert standing_of(User.objects.get(pk=user.pk))

    sign_out(browser)
    follow(browser, "Sign in", within="//header")
    fill(browser, login=ME, password=PASSWORD)
    push(browser, "Sign in", within="//main")
    fill(browser, code="000000")
    push(browser, "Sign in", within="//main")
    assert "Look at the code" in words(browser)
    fill(browser, code=spare)
    push(browser, "Sign in", within="//main")
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "Passkeys and a second step")
    follow(browser, "Show them")
    follow(browser, "Use a code from your app")
    fill(browser, code=six_digits(secret, steps=1))
    push(browser, "Go on")
    assert spare not in words(browser)
    follow(browser, "Make new ones")
    push(browser, "Make new ones")
    follow(browser, "Done")
    follow(browser, "Take the app off")
    push(browser, "Take it off")
    follow(browser, "Set up an app")


def test_a_second_address_is_added_and_a_code_comes_by_it(named: Site, browser: Chrome, sink: Sink) -> None:
    UserFactory(email=ME, display_name="Hester Quill", member=True)
    come_to(browser, named)
    follow(browser, "Sign in", within="//header")
    fill(browser, login=ME, password=PASSWORD)
    push(browser, "Sign in", within="//main")
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "A second address")
    still_me(browser, PASSWORD)
    fill(browser, email=ME)
    push(browser, "Add the address")
    assert "already" in words(browser)
    fill(browser, email=HOME)
    push(browser, "Add the address")
    on_a_phone_too(browser)
    deliver()
    open_mailed(browser, named.url + link_in(sink.to(HOME)[0], "recovery/confirm"))
    push(browser, "Yes, it is mine")
    assert "Confirmed" in words(browser)

    sign_out(browser)
    follow(browser, "Sign in", within="//header")
    follow(browser, "Have a code sent to you")
    fill(browser, email=HOME)
    push(browser, "Send me the code")
    assert HOME in words(browser)
    on_a_phone_too(browser)
    deliver()
    code = re.search(r"[B-Z]{4}-[B-Z]{4}", sink.to(HOME)[-1].text)[0]  # type: ignore[index]
    fill(browser, code=code)
    push(browser, "Sign in", within="//main")
    assert browser.find_element(By.CSS_SELECTOR, "details.account")


def test_who_accepted_older_terms_is_asked_once(named: Site, browser: Chrome) -> None:
    UserFactory(email=ME, display_name="Hester Quill", member=True, terms_version="2025-01")
    come_to(browser, named)
    follow(browser, "Sign in", within="//header")
    fill(browser, login=ME, password=PASSWORD)
    push(browser, "Sign in", within="//main")
    follow(browser, "Read what changed")
    on_a_phone_too(browser)
    push(browser, "I accept the terms")
    assert "Read what changed" not in words(browser)
