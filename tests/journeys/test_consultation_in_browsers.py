"""A consultation from the first draft to the outcome, clicked: an organiser, a member on two devices, the clock, a director."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from accounts.models import User
from consultation.actions.answering import save_answers
from consultation.actions.submitting import submit_response
from consultation.models import Consultation
from tests.accounts.factories import UserFactory
from tests.browser.driver import assert_page_is_sound, begin_afresh, into_sight
from tests.browser.site import Site, sign_in
from tests.forum.factories import CategoryFactory
from tests.journeys.fixtures import eventually
from tests.journeys.steps import (
    come_to,
    fill,
    follow,
    heading,
    open_account_menu,
    push,
    shown,
    tick,
    wait_until_says,
    words,
)
from tests.mail.sink import Sink

pytestmark = pytest.mark.browser
TITLE = "Which route to accreditation?"
ROUTES = ("An exam", "A portfolio", "Appraisal")
OTHERS = [
    ("floor", "strongly_agree", [["an-exam"], ["a-portfolio"], ["appraisal"]]),
    ("spur", "agree", [["an-exam"], ["a-portfolio"], ["appraisal"]]),
    ("none", "disagree", [["appraisal"], ["a-portfolio"], ["an-exam"]]),
    ("spur", None, [["appraisal"], ["a-portfolio"], ["an-exam"]]),
]
"""What four other members say: purpose, agreement, order. The fifth, in the browser, ends at spur, agree, B before A before C."""

PLACES = {
    "First places": ("1=", "3", "1="),
    "Borda": ("2", "1", "3"),
    "Instant run-off": ("1", "3", "2"),
    "Schulze": ("2", "1", "3"),
}
"""Of exam, portfolio and appraisal, counted on paper. First places 2, 1, 2. Points 5, 6, 4. The portfolio goes out first and its
vote passes to the exam, 3 to 2. Head to head the portfolio beats both others and the exam the appraisal, each by 3 to 2."""


def test_from_the_first_draft_to_the_outcome(
    site: Site, browser: Chrome, another_browser: Chrome, worker: None, post_office: Sink
) -> None:
    CategoryFactory(name="Accreditation")
    organiser, director = UserFactory(member=True, organiser=True), UserFactory(member=True, director=True)
    member = UserFactory(member=True)

    arrive(browser, site, organiser)
    write_it(browser)
    have_it_reviewed(browser)
    arrive(another_browser, site, director)
    approve_it(another_browser)
    open_it(browser)

    arrive(browser, site, member)
    begin_to_answer(browser)
    arrive(another_browser, site, member)
    finish_on_another_device(another_browser)
    think_again(another_browser)
    others_answer()

    six_weeks_pass()
    eventually(lambda: Consultation.objects.get().closed_at is not None)  # by the beat and the worker

    arrive(browser, site, director)
    publish_it(browser)
    say_what_was_decided(browser)

    begin_afresh(another_browser)  # a visitor
    come_to(another_browser, site)
    follow(another_browser, TITLE, within="//section[h2[contains(., 'What became of it')]]")
    assert_counts_are_those_of_the_test(another_browser)
    follow(another_browser, "The full record")
    assert "by the clock" in words(another_browser)
    letters = lambda: [letter.text.lower() for letter in post_office.to(member.email)]  # noqa: E731
    eventually(lambda: any("results" in letter for letter in letters()))
    assert "closes" in letters()[0]


def arrive(browser: Chrome, site: Site, person: User) -> None:
    """At the front page, signed in as this person."""
    begin_afresh(browser)
    sign_in(browser, site, person)
    come_to(browser, site)


def write_it(browser: Chrome) -> None:
    open_account_menu(browser)
    follow(browser, "Consultations: your desk", within="//header")
    follow(browser, "Write a consultation", within="//main")
    fill(browser, title=TITLE)
    push(browser, "Make the draft")
    assert "things to do" in words(browser)
    follow(browser, "Change", within="//*[@id='details']")
    fill(
        browser, lede="Three ways are open.", asked_by="The board", background="Because **nobody** knows.", effects="None known."
    )
    push(browser, "Save")
    for name, time in zip(ROUTES, ("60 hours", "45 hours", "6 hours"), strict=True):
        follow(browser, "Add an option")
        fill(browser, name=name, summary=f"{name}, in short.", time=time, cost="Not known yet")
        push(browser, "Add")
    follow(browser, "Add what was ruled out")
    fill(browser, name="A licence", reason="No power to.")
    push(browser, "Add")
    follow(browser, "Add a link")
    fill(browser, title="What each costs", url="https://example.org/costs", note="4 pages")
    push(browser, "Add")
    for title in ("What for", "The routes"):
        open_in_place(browser, "Add a page")
        fill(browser, title=title)
        add_in_place(browser)
    ask(browser, 1, "One choice", "Purpose", choices="Floor\nSpur\nNone", required=True)
    ask(browser, 1, "Agreement", "Partners would value it")
    ask(browser, 2, "Order", "Your order", offers_options=True, required=True)
    ask(browser, 2, "Long text", "Why")
    assert "Nothing is missing" in words(browser)
    assert_page_is_sound(browser)
    follow(browser, "Preview page 2")
    assert "A preview." in words(browser)
    follow(browser, "Back to the draft")


def ask(browser: Chrome, page: int, kind: str, text: str, *, choices: str = "", **boxes: bool) -> None:
    open_in_place(browser, f"Add a question to page {page}")
    tick(browser, kind)
    fill(browser, text=text, **({"choices": choices} if choices else {}))
    for name in boxes:
        tick(browser, {"required": "Has to be answered", "offers_options": "Its choices are the options"}[name])
    add_in_place(browser)


def open_in_place(browser: Chrome, link: str) -> None:
    """A form of the builder, which comes to where its link stands."""
    found = shown(browser, f"//main//a[contains(normalize-space(.), '{link}')]")
    into_sight(browser, found)
    found.click()
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".inlined form"))


def add_in_place(browser: Chrome) -> None:
    """And goes again once it is saved."""
    found = shown(browser, "//*[contains(@class, 'inlined')]//button[starts-with(normalize-space(.), 'Add')]")
    into_sight(browser, found)
    found.click()
    eventually(lambda: not browser.find_elements(By.CSS_SELECTOR, ".inlined"))


def have_it_reviewed(browser: Chrome) -> None:
    follow(browser, "Ask for the review")
    push(browser, "Ask for the review")
    assert "waits for a second person’s review" in words(browser)


def approve_it(browser: Chrome) -> None:
    """By a director, who finds it on the desk."""
    open_account_menu(browser)
    follow(browser, "Consultations: your desk", within="//header")
    follow(browser, "The review", within="//main")
    assert "Three ways are open." in words(browser)
    push(browser, "Approve this text")
    assert "approved this very text" in words(browser)


def open_it(browser: Chrome) -> None:
    browser.refresh()
    follow(browser, "Open it now")
    assert "Nobody, you included, sees what is answered before the close" in words(browser)
    fill(browser, category="Accreditation")
    push(browser, "Open it now")
    assert heading(browser) == TITLE
    follow(browser, "The discussion in the forum")
    assert heading(browser) == TITLE
    follow(browser, "answer the consultation", within="//main")
    assert "Nobody sees what they said before the close" in words(browser)


def begin_to_answer(browser: Chrome) -> None:
    follow(browser, "See what is asked")
    follow(browser, "Answer", within="//main")
    tick(browser, "Floor")
    tick(browser, "Agree")
    push(browser, "Continue")
    rank(browser, "A portfolio", place=1)
    push(browser, "Stop here, finish later")


def finish_on_another_device(browser: Chrome) -> None:
    assert "Page 2" in words(browser)
    follow(browser, "Carry on answering")
    assert ranked(browser) == ["A portfolio"]
    push(browser, "Back")
    assert browser.find_element(By.CSS_SELECTOR, "#question-purpose input:checked").get_attribute("value") == "floor"
    push(browser, "Continue")
    rank(browser, "An exam", place=2)
    rank(browser, "Appraisal", place=3)
    browser.find_element(By.CSS_SELECTOR, "main textarea").send_keys("It shows real work.")
    push(browser, "Continue")
    assert "It shows real work." in words(browser)
    push(browser, "Send my answer")
    assert heading(browser) == "Your answer is in"
    assert "Revision 1." in words(browser)


def think_again(browser: Chrome) -> None:
    follow(browser, "Change your answer")
    tick(browser, "Spur")
    push(browser, "Continue")
    push(browser, "Continue")
    assert "Sending replaces it" in words(browser)
    push(browser, "Send the changed answer")
    assert "This is revision 2" in words(browser)


def rank(browser: Chrome, name: str, *, place: int) -> None:
    """By its button; the page stays and the list is put in its place."""
    shown(browser, f"//button[starts-with(normalize-space(.), 'Rank {name}')]").click()
    WebDriverWait(browser, 30).until(lambda driver: ranked(driver)[place - 1 :] == [name])


def ranked(browser: Chrome) -> list[str]:
    """Read in one go: the list is put in anew while one looks."""
    names: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('.rank .what b')].map((name) => name.textContent)"
    )
    return names


def others_answer() -> None:
    consultation, now = Consultation.objects.get(), timezone.now()
    for purpose, agreement, order in OTHERS:
        person = User.objects.with_roles().get(pk=UserFactory(member=True).pk)
        given = {"purpose": purpose, "partners-would-value-it": agreement, "your-order": order}
        save_answers(consultation, given, by=person, at=now)
        submit_response(consultation, by=person, at=now)


def six_weeks_pass() -> None:
    """The database refuses to shorten a consultation, and six weeks are long: its trigger looks away for one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consultation_consultation DISABLE TRIGGER keeps_its_word")
        cursor.execute(
            "UPDATE consultation_consultation SET opened_at = opened_at - %s, closes_at = clock_timestamp()", [timedelta(days=42)]
        )
        cursor.execute("ALTER TABLE consultation_consultation ENABLE TRIGGER keeps_its_word")


def publish_it(browser: Chrome) -> None:
    follow(browser, "Consultations", within="//header")
    follow(browser, TITLE)
    follow(browser, "Count and publish the results")
    assert "5 responses are counted" in words(browser)
    push(browser, "Count and publish now")


def say_what_was_decided(browser: Chrome) -> None:
    follow(browser, "Say what was decided")
    fill(browser, outcome="We will build **the portfolio**.", fate__a__portfolio="Preferred", because__a__portfolio="It is fair.")
    push(browser, "Publish the outcome")
    assert "We will build the portfolio." in words(browser)


def assert_counts_are_those_of_the_test(browser: Chrome) -> None:
    purposes = Counter([*(purpose for purpose, _, _ in OTHERS), "spur"])
    bars = {
        row.find_element(By.CLASS_NAME, "lab").text: row.find_element(By.CLASS_NAME, "num").text
        for row in rows(browser, ".barrow")
    }
    assert bars == {key.capitalize(): f"{part} ({part / 5:.1%})" for key, part in purposes.items()}
    scale = browser.find_element(By.CSS_SELECTOR, ".likert svg").get_attribute("aria-label") or ""
    assert scale.endswith("strongly disagree 0, disagree 1, neither 0, agree 2, strongly agree 1, of 4 answers")
    places = {
        row.find_element(By.TAG_NAME, "th").text: row.find_elements(By.TAG_NAME, "td")
        for row in rows(browser, "table.rules tbody tr")
    }
    told = {method: tuple(cell.text for cell in cells) for method, cells in places.items()}
    assert len(told) == 4
    for method, expected in PLACES.items():
        assert next(cells for title, cells in told.items() if method in title) == expected, told
    accounts = browser.find_elements(By.XPATH, "//details[summary[starts-with(., 'How this was counted')]]")
    assert len(accounts) == 4
    for account in accounts:
        account.find_element(By.TAG_NAME, "summary").click()
        assert account.find_elements(By.CSS_SELECTOR, "ol li"), "an account tells its steps"
    assert "It shows real work." not in words(browser)
    wait_until_says(browser, "Preferred")


def rows(browser: Chrome, where: str):  # type: ignore[no-untyped-def]
    return browser.find_elements(By.CSS_SELECTOR, where)
