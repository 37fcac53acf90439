"""The look in a real browser: the kit and the pages without content, in both schemes, on a desk and on a phone."""

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from accounts.actions.people import create_account
from accounts.actions.roles import grant_role
from accounts.models import RoleGrant, User
from tests.browser.driver import assert_page_is_sound, overflow, press, show
from tests.browser.site import Site, sign_in

pytestmark = pytest.mark.browser
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
TWO_SCREENS = [(1280, "light"), (390, "dark")]


@pytest.fixture
def organiser(site: Site) -> User:
    now = timezone.now()
    user = create_account(email="hester@example.org", display_name="Hester Quill", at=now)
    grant_role(user, role=RoleGrant.Role.ORGANISER, by=None, at=now)
    return user


def test_the_style_guide_is_sound_on_every_screen(site: Site, browser: Chrome, organiser: User) -> None:
    sign_in(browser, site, organiser)
    for width, scheme in SCREENS:
        show(browser, width=width, scheme=scheme)
        browser.get(f"{site.url}/styleguide/")
        assert_page_is_sound(browser)


def test_the_front_page_and_a_page_that_is_not_there_are_sound_on_every_screen(site: Site, browser: Chrome) -> None:
    for width, scheme in SCREENS:
        show(browser, width=width, scheme=scheme)
        browser.get(site.url)
        assert_page_is_sound(browser, expected="/no/such/page/.* 404")
        browser.get(f"{site.url}/no/such/page/")
        assert_page_is_sound(browser, expected="/no/such/page/.* 404")


def test_nothing_scrolls_sideways_at_320_pixels_nor_on_a_phone_with_text_at_200_per_cent(
    site: Site, browser: Chrome, organiser: User
) -> None:
    sign_in(browser, site, organiser)
    show(browser, width=320)
    browser.get(f"{site.url}/styleguide/")
    assert overflow(browser) <= 0
    show(browser, width=390)
    browser.get(f"{site.url}/styleguide/")
    browser.execute_script("document.documentElement.style.fontSize = '200%'")
    assert overflow(browser) <= 0


def test_icons_of_the_sprite_are_drawn(site: Site, browser: Chrome, organiser: User) -> None:
    """Our policy has no exception for them: a sprite that is refused leaves its uses without a size."""
    sign_in(browser, site, organiser)
    browser.get(f"{site.url}/styleguide/")
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('main svg.i use')].filter((use) => use.checkVisibility()).map((use) => use.getBBox().width)"
    )
    assert len(sizes) > 20
    assert min(sizes) > 0


def test_the_skip_link_is_the_first_stop_and_leads_past_the_navigation(site: Site, browser: Chrome) -> None:
    browser.get(site.url)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to content"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"


def test_the_error_summary_takes_focus_and_its_lines_lead_to_the_fields(site: Site, browser: Chrome, organiser: User) -> None:
    sign_in(browser, site, organiser)
    browser.get(f"{site.url}/styleguide/")
    assert "errors" in browser.switch_to.active_element.get_attribute("class")
    browser.find_element(By.LINK_TEXT, "Say whether you could live with an exam").click()
    assert browser.switch_to.active_element.get_attribute("id") == "id_wrong-consent_0"


def test_a_form_that_wants_confirming_asks_first_and_goes_when_told(site: Site, browser: Chrome, organiser: User) -> None:
    sign_in(browser, site, organiser)
    browser.get(f"{site.url}/styleguide/")
    browser.find_element(By.CSS_SELECTOR, "form[data-confirm] button").send_keys(Keys.ENTER)
    dialog = browser.find_element(By.CSS_SELECTOR, "dialog[aria-labelledby=confirm-title]")
    assert browser.switch_to.active_element.text == "Go back"
    browser.switch_to.active_element.click()
    assert not browser.find_elements(By.CSS_SELECTOR, "dialog[aria-labelledby=confirm-title]")
    assert "?" not in browser.current_url
    browser.find_element(By.CSS_SELECTOR, "form[data-confirm] button").send_keys(Keys.ENTER)
    dialog = browser.find_element(By.CSS_SELECTOR, "dialog[aria-labelledby=confirm-title]")
    dialog.find_element(By.XPATH, ".//button[text()='Withdraw it']").click()
    assert browser.current_url.endswith("?#main")


def test_a_menu_closes_on_escape_and_gives_focus_back(site: Site, browser: Chrome, organiser: User) -> None:
    sign_in(browser, site, organiser)
    browser.get(site.url)
    summary = browser.find_element(By.CSS_SELECTOR, "details.account > summary")
    summary.send_keys(Keys.ENTER)
    assert browser.find_element(By.LINK_TEXT, "Your account").is_displayed()
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.find_element(By.CSS_SELECTOR, "details.account").get_attribute("open") is None
    assert browser.switch_to.active_element == summary


def test_times_become_the_readers_own(site: Site, browser: Chrome, organiser: User) -> None:
    sign_in(browser, site, organiser)
    browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    try:
        browser.get(f"{site.url}/styleguide/")
        post = browser.find_element(By.CSS_SELECTOR, ".permalink time")
        assert "21:40" in post.text  # 12:40 in London
        assert "12:40, London" in (post.get_attribute("title") or "").replace(" at ", ", ")
    finally:
        browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})


def test_the_style_guide_can_be_read_without_scripts(site: Site, browser_without_scripts: Chrome, organiser: User) -> None:
    sign_in(browser_without_scripts, site, organiser)
    browser_without_scripts.get(f"{site.url}/styleguide/")
    assert browser_without_scripts.find_element(By.TAG_NAME, "h1").text.startswith("Words are serif")
    assert not browser_without_scripts.find_element(By.TAG_NAME, "markdown-toolbar").is_displayed()


def test_the_pages_a_visitor_signs_in_by_are_sound_also_with_errors(site: Site, browser: Chrome) -> None:
    for width, scheme in TWO_SCREENS:
        show(browser, width=width, scheme=scheme)
        for path in ("login/", "signup/", "password/reset/"):
            browser.get(f"{site.url}/accounts/{path}")
            assert_page_is_sound(browser)
            press(browser, browser.find_element(By.CSS_SELECTOR, "main form.form button[type=submit]"))
            assert browser.title.startswith("Error: ")
            assert_page_is_sound(browser)


def test_the_pages_of_an_account_are_sound(site: Site, browser: Chrome, organiser: User) -> None:
    sign_in(browser, site, organiser)
    for width, scheme in TWO_SCREENS:
        show(browser, width=width, scheme=scheme)
        for path in ("", "profile/", "people/hester-quill/", "email/", "password/change/", "logout/"):
            browser.get(f"{site.url}/accounts/{path}")
            assert_page_is_sound(browser)


def test_a_reader_chooses_dark_without_scripts_and_it_stays(site: Site, browser_without_scripts: Chrome) -> None:
    browser = browser_without_scripts
    browser.get(site.url)
    light = browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
    press(browser, browser.find_element(By.LINK_TEXT, "Look and keys"))
    browser.find_element(By.CSS_SELECTOR, "input[value=dark]").click()
    press(browser, browser.find_element(By.XPATH, "//button[text()='Keep this']"))
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("data-scheme") == "dark"
    assert browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color") != light
