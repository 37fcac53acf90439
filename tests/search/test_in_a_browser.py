"""Finding, as somebody does it; and what a page says to programs, in a browser that holds to our policy."""

import os

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.accounts.factories import UserFactory
from tests.browser.driver import assert_page_is_sound, press, show
from tests.browser.site import sign_in
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PLENARY_PICTURES", "")


def look(browser, name: str) -> None:
    for width, scheme in ((1280, "light"), (390, "dark")):
        show(browser, width=width, scheme=scheme)
        assert_page_is_sound(browser)
        if PICTURES:
            browser.get_screenshot_as_file(f"{PICTURES}/{name}-{width}.png")
    show(browser)


def test_from_the_front_page_to_what_was_asked_and_its_feed(site, browser):
    pay = CategoryFactory(slug="pay", name="Pay and contracts")
    right = TopicFactory(
        category=pay, title="Who pays for the national exam", body="Our PCN said it would, but not in writing.", kind="question"
    )
    PostFactory(topic=right, body="The primary care network pays here, and the exam takes a day.")
    TopicFactory(title="The exam room", body="It needs a new lock.")
    browser.get(site.url)
    box = browser.find_element(By.ID, "site-search")
    box.send_keys("exam pcn")
    box.submit()
    WebDriverWait(browser, 30).until(lambda _: "/search/" in browser.current_url)
    text = browser.find_element(By.ID, "main").text
    assert "2 matches" in text and "Also looked for: examination, primary care network" in text
    look(browser, "found")
    browser.find_element(By.CSS_SELECTOR, "details.more > summary").click()
    browser.find_element(By.ID, "choose_in_title").click()
    words = browser.find_element(By.ID, "choose_text")
    words.clear()
    words.send_keys("exam")
    browser.find_element(By.CSS_SELECTOR, "#choose_category option[value=pay]").click()
    look(browser, "choices")
    press(browser, browser.find_element(By.CSS_SELECTOR, "details.more button"))
    assert browser.find_element(By.ID, "id_q").get_attribute("value") == "exam category:pay in:title"
    press(browser, browser.find_element(By.LINK_TEXT, right.title))
    browser.get(f"{site.url}{right.get_absolute_url()}")
    look(browser, "topic")
    assert browser.find_elements(By.CSS_SELECTOR, 'script[type="application/ld+json"]')
    browser.get(f"{site.url}/search/?q=exam+after:tomorrow+is:funny")
    look(browser, "wrong")
    browser.get(f"{site.url}/search/")
    look(browser, "empty")


def test_similar_topics_come_while_a_title_is_typed(site, browser):
    like = TopicFactory(title="How do you file the complaints return")
    sign_in(browser, site, UserFactory(member=True))
    browser.get(f"{site.url}/forum/categories/{like.category.slug}/start/")
    browser.find_element(By.ID, "id_title").send_keys("Filing our complaints return")
    WebDriverWait(browser, 30).until(lambda _: browser.find_elements(By.CSS_SELECTOR, "#similar a"))
    assert browser.find_element(By.CSS_SELECTOR, "#similar a").text == like.title
    look(browser, "similar")
    browser.get(f"{site.url}/feeds/")
    look(browser, "feeds")
    press(browser, browser.find_element(By.CSS_SELECTOR, 'form[action="/feeds/make/"] button'))
    look(browser, "feeds-made")
