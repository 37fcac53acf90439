"""Answering in a real browser: with script, with the keyboard alone, without script; and every page sound on desk and phone."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from consultation.actions.answering import save_answers
from consultation.models import Consultation, DraftAnswer, Response
from tests.browser.driver import assert_page_is_sound, overflow, press, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import FULL, a_draft, a_person, a_published_one, an_open_one, an_organiser
from tests.consultation.test_routed import a_routed_one

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = [(1280, "light"), (390, "dark")]


@pytest.fixture
def consultation(site: Site) -> Consultation:
    return an_open_one(at=timezone.now() - timedelta(days=3))


def at(site: Site, consultation: Consultation, path: str = "") -> str:
    return f"{site.url}/consultations/{consultation.slug}/{path}"


def button(browser: Chrome, words: str):
    return browser.find_element(By.XPATH, f"//button[not(@aria-hidden) and normalize-space(.)='{words}']")


def kept(key: str):
    return DraftAnswer.objects.filter(question__key=key).values_list("value", flat=True).first()


def eventually(browser: Chrome, holds) -> None:
    WebDriverWait(browser, 20, ignored_exceptions=[StaleElementReferenceException]).until(lambda _: holds())


def test_every_page_is_sound_on_a_desk_and_on_a_phone(site: Site, browser: Chrome, consultation: Consultation) -> None:
    by, member = an_organiser(), a_person()
    draft, outcome = a_draft(by=by, at=timezone.now()), a_published_one(by=by, answers=3)
    save_answers(consultation, FULL, by=member, at=timezone.now())
    reading = ["", "compare/", "questions/", "run/", "answer/1/", "answer/2/", "answer/check/"]
    pages = [at(site, consultation, path) for path in reading]
    pages += [f"{site.url}/consultations/", f"{site.url}/consultations/outcomes/", at(site, outcome, "results/")]
    desk = [at(site, draft, path) for path in ("edit/", "edit/details/", "edit/options/new/", "open/", "preview/2/", "withdraw/")]
    for person, urls in ((member, pages), (by, desk)):
        sign_in(browser, site, person)
        for url in urls:
            for width, scheme in SCREENS:
                show(browser, width=width, scheme=scheme)
                browser.get(url)
                assert_page_is_sound(browser)


def test_nothing_scrolls_sideways_on_a_narrow_phone_nor_with_large_text(
    site: Site, browser: Chrome, consultation: Consultation
) -> None:
    outcome, member = a_published_one(answers=2), a_person()
    save_answers(consultation, FULL, by=member, at=timezone.now())
    sign_in(browser, site, member)
    pages = [at(site, consultation), at(site, consultation, "compare/"), at(site, consultation, "answer/1/")]
    pages += [at(site, consultation, "answer/2/"), at(site, consultation, "answer/check/"), at(site, outcome, "results/")]
    for url in pages:
        show(browser, width=320)
        browser.get(url)
        assert overflow(browser) <= 0, url
        show(browser, width=390)
        browser.get(url)
        browser.execute_script("document.documentElement.style.fontSize = '200%'")
        assert overflow(browser) <= 0, url


def test_with_script_every_answer_is_kept_as_it_is_given(site: Site, browser: Chrome, consultation: Consultation) -> None:
    sign_in(browser, site, a_person())
    browser.get(at(site, consultation, "answer/1/"))
    browser.find_element(By.CSS_SELECTOR, "label[for='question-purpose:spur']").click()
    eventually(browser, lambda: kept("purpose") == "spur")
    eventually(browser, lambda: browser.find_element(By.ID, "saved").text.startswith("Saved "))
    browser.find_element(By.CSS_SELECTOR, ".clear button").click()
    eventually(browser, lambda: kept("purpose") is None)
    assert browser.switch_to.active_element.get_attribute("type") == "radio"
    assert browser.find_element(By.ID, "answering-status").get_attribute("textContent") == "Your answer is cleared."
    browser.get(at(site, consultation, "answer/2/"))
    browser.find_element(By.ID, "question-why").send_keys("Because it shows real work.")
    assert browser.find_element(By.CSS_SELECTOR, "[data-counter]").text == "173 characters left"
    eventually(browser, lambda: kept("why") == "Because it shows real work.")
    page = browser.find_element(By.TAG_NAME, "html")
    button(browser, "Rank A written examination first").click()
    eventually(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".rank li"))
    button(browser, "Rank A portfolio of your own work next").click()
    eventually(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".rank li")) == 2)
    up = browser.find_element(By.ID, "question-route-order:portfolio:up")
    up.send_keys(Keys.ENTER)
    eventually(browser, lambda: "A portfolio" in browser.find_element(By.CSS_SELECTOR, ".rank li").text)
    assert browser.switch_to.active_element.get_attribute("id") == "question-route-order:portfolio:up"
    told = browser.find_element(By.ID, "answering-status").get_attribute("textContent")
    assert told == "A portfolio of your own work is now at place 1 of 2"
    assert page.is_enabled(), "the page was never left"
    assert browser.find_element(By.ID, "question-why").get_attribute("value") == "Because it shows real work."
    assert kept("route-order") == {"groups": [["portfolio"], ["exam"]], "abstain": False}
    assert_page_is_sound(browser)


def test_with_the_keyboard_alone_a_member_answers_and_gets_a_receipt(
    site: Site, browser: Chrome, consultation: Consultation
) -> None:
    sign_in(browser, site, a_person())
    browser.get(at(site, consultation))
    press_key(browser, browser.find_element(By.LINK_TEXT, "Answer"), Keys.ENTER)
    browser.find_element(By.ID, "question-purpose:floor").send_keys(Keys.SPACE)
    press_key(browser, button(browser, "Continue"), Keys.ENTER)
    button(browser, "Rank A written examination first").send_keys(Keys.ENTER)
    eventually(browser, lambda: browser.find_elements(By.CSS_SELECTOR, ".rank li"))
    press_key(browser, button(browser, "Continue"), Keys.ENTER)
    press_key(browser, button(browser, "Send my answer"), Keys.ENTER)
    assert "Your answer is in" in browser.find_element(By.TAG_NAME, "h1").text
    assert Response.objects.get().spelt_reference in browser.find_element(By.CSS_SELECTOR, ".receipt code").text
    assert_page_is_sound(browser)


def press_key(browser: Chrome, element, key: str) -> None:
    """Press a key on what leads to another page."""
    element.click = lambda: element.send_keys(key)
    press(browser, element)


def test_without_script_the_same_is_answered(site: Site, browser_without_scripts: Chrome, consultation: Consultation) -> None:
    browser = browser_without_scripts
    show(browser)  # without motion: a page that still scrolls moves what is clicked
    sign_in(browser, site, a_person())
    browser.get(at(site, consultation))
    press(browser, browser.find_element(By.LINK_TEXT, "Answer"))
    press(browser, button(browser, "Continue"))
    assert browser.title.startswith("Error: ")
    assert "Choose one of the answers" in browser.find_element(By.CSS_SELECTOR, ".errors").text
    browser.find_element(By.CSS_SELECTOR, "label[for='question-purpose:none']").click()
    press(browser, button(browser, "Continue"))
    browser.find_element(By.ID, "question-why").send_keys("None of these.")
    press(browser, button(browser, "Rank A written examination first"))
    press(browser, button(browser, "Rank Built on yearly appraisal next"))
    press(browser, button(browser, "Move Built on yearly appraisal up"))
    assert browser.find_element(By.ID, "question-why").get_attribute("value") == "None of these."
    press(browser, button(browser, "Continue"))
    press(browser, button(browser, "Send my answer"))
    answers = {answer.question.key: answer.value for answer in Response.objects.get().answers.all()}
    assert answers == {"purpose": "none", "route-order": [["appraisal"], ["exam"]], "why": "None of these."}


def test_a_question_follows_at_once_and_a_session_that_ends_on_its_page_loses_nothing_that_nobody_else_is_shown(
    site: Site, browser: Chrome
) -> None:
    consultation = a_routed_one(at=timezone.now() - timedelta(days=3))
    member, other, last = a_person(), a_person("Bedwyr Other"), at(site, consultation, "answer/4/")

    def words():
        return browser.find_element(By.ID, "question-what")

    sign_in(browser, site, member)
    browser.get(last)
    browser.find_element(By.CSS_SELECTOR, "label[for='question-more:yes']").click()
    eventually(browser, lambda: browser.find_elements(By.ID, "question-what"))
    words().send_keys("Typed before")
    eventually(browser, lambda: kept("what") == "Typed before")
    browser.delete_cookie(settings.SESSION_COOKIE_NAME)
    words().send_keys(" and after it ended.")
    eventually(browser, lambda: "sign in again" in browser.find_element(By.CSS_SELECTOR, "[data-saved]").text)
    press(browser, button(browser, "Continue"))
    eventually(browser, lambda: "What you wrote is not kept yet" in browser.find_element(By.TAG_NAME, "h1").text)
    assert "Typed before and after it ended." in browser.find_element(By.TAG_NAME, "main").text
    stored = browser.execute_script("return Object.entries(sessionStorage).filter(([key]) => key.startsWith('answer:'))")
    sign_in(browser, site, member)
    browser.get(at(site, consultation, "answer/1/"))  # another page first, as “Carry on answering” may lead to
    browser.get(last)
    eventually(browser, lambda: kept("what") == "Typed before and after it ended.")
    assert words().get_attribute("value") == "Typed before and after it ended."
    sign_in(browser, site, other)
    save_answers(consultation, {"more": "yes"}, by=other, at=timezone.now())
    browser.get(at(site, consultation, ""))
    browser.execute_script("arguments[0].forEach(([key, value]) => sessionStorage.setItem(key, value))", stored)
    browser.get(last)
    assert words().get_attribute("value") == ""
