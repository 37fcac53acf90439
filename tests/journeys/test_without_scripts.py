"""The same loop in a browser in which no script runs: sign in, start, answer, quote, react, answer a consultation, subscribe."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from consultation.models import Response
from digest.models import Subscription
from forum.models import Post, Reaction
from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser.site import Site
from tests.consultation.factories import an_open_one
from tests.forum.factories import TopicFactory
from tests.journeys.steps import fill, follow, heading, open_account_menu, push, shown, sign_in_by_hand, tick, words

pytestmark = pytest.mark.browser
TITLE = "Does the exam fit a small practice?"


def test_the_whole_loop(site: Site, browser_without_scripts: Chrome) -> None:
    browser = browser_without_scripts
    person = UserFactory(member=True, email="hester@example.org")
    topic = TopicFactory(title=TITLE, body="It costs too much.", created_at=timezone.now())
    an_open_one(title="Which route?", at=timezone.now() - timedelta(days=3))

    sign_in_by_hand(browser, site, person.email, PASSWORD)
    debate(browser, topic.category.name)
    number, kinds = Post.objects.filter(author=person, topic=topic).count(), set(Reaction.objects.values_list("kind", flat=True))
    assert (number, kinds) == (2, {"agree"})
    answer(browser)
    assert {answer.question.key: answer.value for answer in Response.objects.get().answers.all()} == {
        "purpose": "spur",
        "route-order": [["portfolio"], ["exam"]],
        "why": "It shows real work.",
    }
    subscribe(browser)
    assert Subscription.objects.get().address.account_id == person.pk


def debate(browser: Chrome, category: str) -> None:
    follow(browser, "Forum", within="//header")
    follow(browser, category, within="//main")
    follow(browser, "New topic")
    fill(browser, title="Who covers the desk?", body="On a *Tuesday*.")
    push(browser, "Preview")
    assert browser.find_element(By.CSS_SELECTOR, "#preview em").text == "Tuesday"
    push(browser, "Start the topic")
    assert heading(browser) == "Who covers the desk?"
    follow(browser, category, within="//main")
    follow(browser, TITLE)
    push(browser, "Agree", within="//*[@id='p1']")
    assert shown(browser, "//*[@id='p1']//button[@value='agree:1']").get_attribute("aria-pressed") == "true"
    fill(browser, body="")
    push(browser, "Post reply")
    assert browser.title.startswith("Error: ")
    fill(browser, body="It need not.")
    push(browser, "Post reply")
    assert "It need not." in browser.find_element(By.ID, "p2").text
    follow(browser, "Quote", within="//*[@id='p1']")
    area = browser.find_element(By.NAME, "body")
    assert "> It costs too much." in (area.get_attribute("value") or "")
    area.send_keys("\n\nCompared with what?")
    push(browser, "Post reply")
    assert browser.find_element(By.CSS_SELECTOR, "#p3 blockquote").text.endswith("It costs too much.")


def answer(browser: Chrome) -> None:
    follow(browser, "Home", within="//header")
    follow(browser, "See what is asked")
    follow(browser, "Answer", within="//main")
    push(browser, "Continue")
    assert browser.title.startswith("Error: ")
    tick(browser, "Help to get better")
    push(browser, "Continue")
    browser.find_element(By.CSS_SELECTOR, "main textarea").send_keys("It shows real work.")
    push(browser, "Rank A written examination")
    push(browser, "Rank A portfolio")
    push(browser, "Move A portfolio of your own work up")
    push(browser, "Continue")
    push(browser, "Send my answer")
    assert heading(browser) == "Your answer is in"


def subscribe(browser: Chrome) -> None:
    open_account_menu(browser)
    follow(browser, "Your weekly", within="//header")
    push(browser, "Send me the weekly")
    assert "Saved. The weekly comes on" in words(browser)
