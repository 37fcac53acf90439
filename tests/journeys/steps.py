"""What a person does on a page: follow a link, press a button, fill a form. Every page that comes of it is held to be sound."""

import re
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.driver import assert_page_is_sound, console_errors, csp_violations, into_sight, overflow, press
from tests.browser.site import Site

SOON = 30.0
_seen: "WeakKeyDictionary[Chrome, set[str]]" = WeakKeyDictionary()


def come_to(browser: Chrome, site: Site) -> None:
    """Type the site's address: the only one that a journey types."""
    _seen[browser] = set()
    browser.get(site.url)
    look(browser)


def look(browser: Chrome) -> None:
    """Sound in every way when a page comes by for the first time; axe, which takes longest, is not asked about it again, and not
    at all where no script runs: axe is one."""
    page = re.sub(r"\d+", "#", urlsplit(browser.current_url).path) + ("!" if browser.title.startswith("Error") else "")
    scripted = not browser.execute_script("return matchMedia('(scripting: none)').matches")
    if scripted and page not in _seen.setdefault(browser, set()):
        _seen[browser].add(page)
        assert_page_is_sound(browser)
    assert csp_violations(browser) == [], browser.current_url
    assert console_errors(browser) == [], browser.current_url
    assert overflow(browser) <= 0, browser.current_url


def open_mailed(browser: Chrome, link: str) -> None:
    """Click a link in a mail."""
    browser.get(link)
    look(browser)


def follow(browser: Chrome, text: str, *, within: str = "//body") -> None:
    """Click the first link in sight that says `text`; `within` an XPath."""
    press(browser, shown(browser, f"{within}//a[contains(normalize-space(.), {quoted(text)})]"))
    look(browser)


def open_notices(browser: Chrome) -> None:
    """The bell opens its tray, and from there one goes to the whole list."""
    shown(browser, "//header//a[contains(normalize-space(.), 'Notices')]").click()
    wait_until_says(browser, "All notices", where="#tray")
    follow(browser, "All notices", within="//header")


def push(browser: Chrome, text: str, *, within: str = "//body") -> None:
    """Press the first button in sight that says `text`, and wait for the page that it leads to."""
    press(browser, button(browser, text, within=within))
    look(browser)


def button(browser: Chrome, text: str, *, within: str = "//body") -> WebElement:
    return shown(browser, f"{within}//button[not(@aria-hidden) and contains(normalize-space(.), {quoted(text)})]")


def shown(browser: Chrome, xpath: str) -> WebElement:
    """The first of these that is in sight."""
    found = browser.find_elements(By.XPATH, xpath)
    seen = next((element for element in found if element.is_displayed()), None)
    assert seen is not None, f"{len(found)} × {xpath}, none in sight on {browser.current_url}:\n{words(browser)[:1500]}"
    return seen


def fill(browser: Chrome, **fields: str) -> None:
    """Type into fields by their names; `__` stands for the hyphen of a name. A select takes what it shows."""
    for name, text in fields.items():
        field = browser.find_element(By.CSS_SELECTOR, f"main [name={name.replace('__', '-')}]")
        if field.tag_name == "select":
            Select(field).select_by_visible_text(text)
        else:
            field.clear()
            field.send_keys(text)


def tick(browser: Chrome, label: str) -> None:
    """Click the label of a radio button or a box."""
    found = shown(browser, f"//main//label[contains(normalize-space(.), {quoted(label)})]")
    into_sight(browser, found)
    found.click()


def sign_in_by_hand(browser: Chrome, site: Site, email: str, password: str) -> None:
    come_to(browser, site)
    follow(browser, "Sign in", within="//header")
    fill(browser, login=email, password=password)
    push(browser, "Sign in", within="//main")


def open_account_menu(browser: Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, "details.account > summary").click()


def open_post_menu(browser: Chrome, number: int) -> None:
    """The three dots below a post."""
    menu = shown(browser, f"//li[@id='p{number}']//details[contains(@class, 'menu')]/summary")
    into_sight(browser, menu)
    menu.click()


def words(browser: Chrome) -> str:
    """What a reader sees."""
    return browser.find_element(By.TAG_NAME, "body").text


def heading(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "h1").text


def wait_until_says(browser: Chrome, text: str, *, where: str = "main", within: float = SOON) -> None:
    """Until the part of the page that `where` (CSS) names says `text`, in sight or not, without anybody touching it."""

    def says(driver: Chrome) -> bool:
        return any(text in (part.get_attribute("textContent") or "") for part in driver.find_elements(By.CSS_SELECTOR, where))

    WebDriverWait(browser, within).until(says, f"{where} never said {text!r}")


def quoted(text: str) -> str:
    """A string of XPath."""
    return f'"{text}"' if '"' not in text else f"'{text}'"
