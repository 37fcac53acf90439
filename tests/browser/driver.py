"""A real Chromium, and what a page must hold to be sound: no violation of axe's rules or of our policy, nothing in the console."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partialmethod
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_FLAGS = (
    "--headless",
    "--kiosk",  # headless draws tabs and toolbar, too: a twentieth of the CPU for what nobody sees
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
    "--window-size=1280,900",
)
# From the top of the page: what lies under a bar that stays at the edge is only a scroll away, and axe cannot know that.
_RUN_AXE = """
const tell = arguments[arguments.length - 1];
const [x, y] = [scrollX, scrollY];
const done = (found) => { scrollTo({left: x, top: y, behavior: "instant"}); tell(found); };
scrollTo({left: 0, top: 0, behavior: "instant"});
axe.run(document, {runOnly: arguments[0], resultTypes: ["violations"]}).then(
  (found) => done(found.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary)])),
  (error) => done([["axe itself", [String(error)]]]),
);
"""
# Twice a second is what Selenium looks by itself; most of what a test waits for is there in a tenth of that.
WebDriverWait.__init__ = partialmethod(WebDriverWait.__init__, poll_frequency=0.05)  # type: ignore[method-assign,assignment]
_logs: "WeakKeyDictionary[Chrome, list[dict[str, Any]]]" = WeakKeyDictionary()
_shown: "WeakKeyDictionary[Chrome, tuple[int, int, str, str]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of axe that the page breaks, and where."""

    rule: str
    where: tuple[str, ...]


@contextmanager
def chrome(*, scripts: bool = True) -> Iterator[Chrome]:
    """A Chromium of its own, closed at the end. Without scripts a page's own do not run; what tests ask of it still does."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in _FLAGS:
        options.add_argument(flag)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(CHROMEDRIVER))
    driver.set_page_load_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


def begin_afresh(browser: Chrome) -> None:
    """As if the browser had just been opened: no cookies, no storage, a wide light screen, an empty log."""
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    show(browser, width=1280, scheme="light")
    browser.get("about:blank")
    forget_console(browser)


def forget_console(browser: Chrome) -> None:
    """What was said so far belongs to another page."""
    console(browser)
    _logs[browser] = []


def show(browser: Chrome, *, width: int = 1280, height: int = 900, scheme: str = "light", media: str = "") -> None:
    """Emulate a screen: 390 wide is a phone; `scheme` light or dark; `media` print for paper."""
    shown = (width, height, scheme, media)
    if _shown.get(browser) == shown:
        return
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    # Without motion, so that what a test clicks on stands still.
    features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    _shown[browser] = shown


def press(browser: Chrome, element: WebElement) -> None:
    """Click what leads to another page, and wait until that page is there."""
    leaving(browser, lambda: (into_sight(browser, element), element.click()))


def leaving(browser: Chrome, act: Callable[[], object]) -> None:
    """Do what leads to another page, and wait until that page is there."""
    here = browser.find_element(By.TAG_NAME, "html")
    act()
    WebDriverWait(browser, 30).until(lambda _: is_gone(here))
    WebDriverWait(browser, 30).until(lambda driver: driver.execute_script("return document.readyState") == "complete")


def is_gone(element: WebElement) -> bool:
    """No longer on the page. The driver says so in two ways; the second where a page goes away while it looks."""
    try:
        element.is_enabled()
    except StaleElementReferenceException:
        return True
    except WebDriverException as problem:
        if "does not belong to the document" not in (problem.msg or ""):
            raise
        return True
    return False


def into_sight(browser: Chrome, element: WebElement) -> None:
    """Scroll until it stands in the middle, clear of the bars that stay at the edges."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)


def console(browser: Chrome) -> list[dict[str, Any]]:
    """Everything the console said since `begin_afresh`. Chromium hands a line out once; we keep it."""
    kept = _logs.setdefault(browser, [])
    kept.extend(browser.get_log("browser"))
    return kept


def console_errors(browser: Chrome, *, expected: str = r"(?!)") -> list[str]:
    """Errors in the console, but those that match `expected` (the 404 that a test provokes)."""
    lines = [entry["message"] for entry in console(browser) if entry["level"] == "SEVERE"]
    return [line for line in lines if not re.search(expected, line)]


def csp_violations(browser: Chrome) -> list[str]:
    """What our Content Security Policy refused."""
    return [entry["message"] for entry in console(browser) if "Content Security Policy" in entry["message"]]


def axe(browser: Chrome, *, only: str = "") -> list[Violation]:
    """The rules of WCAG 2.2 AA and of good practice that the page breaks; `only`: one rule, by its name."""
    if not browser.execute_script("return Boolean(window.axe)"):
        browser.execute_script(AXE.read_text())
    browser.set_script_timeout(60)
    which = {"type": "rule", "values": [only]} if only else RULES
    return [Violation(rule, tuple(where)) for rule, where in browser.execute_async_script(_RUN_AXE, which)]


@contextmanager
def axe_on_every_page(browser: Chrome) -> Iterator[None]:
    """For whoever asks `axe` of hundreds of pages in a row."""
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": AXE.read_text()})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def overflow(browser: Chrome) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def squeezed(browser: Chrome) -> list[str]:
    """Headings whose words stand one letter to a line: a column has no room left."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('main :is(h1, h2, h3)')]"
        ".filter(each => each.checkVisibility() && each.clientHeight > 0 && each.textContent.trim().length > 3"
        " && each.clientWidth < 48 && each.clientHeight > 2 * each.clientWidth).map(each => each.textContent.trim())"
    )
    return found


def assert_page_is_sound(browser: Chrome, *, expected: str = r"(?!)") -> None:
    """The page in front of us breaks no rule, is not refused anything, logs no error and does not scroll sideways."""
    where = browser.current_url
    assert csp_violations(browser) == [], where
    assert console_errors(browser, expected=expected) == [], where
    assert axe(browser) == [], where
    assert overflow(browser) <= 0, where
    assert squeezed(browser) == [], where
