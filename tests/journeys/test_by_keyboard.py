"""With Tab, Enter, Space and letters alone: sign in, find a topic, react, reply, answer a consultation down to the receipt; vote in a poll,
bookmark, follow."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from consultation.models import DraftAnswer, Response
from forum.actions.topics import start_topic
from forum.models import Bookmark, Level, PollVote, Post, Reaction, TopicMember
from forum.polling import PollPlan
from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser.driver import assert_page_is_sound, leaving, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import an_open_one
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.journeys.steps import come_to, heading, words

pytestmark = pytest.mark.browser
TITLE = "Does the exam fit a small practice?"
MOST_TABS = 90
WORKED = {"link", "button", "textbox", "searchbox", "radio", "checkbox", "combobox", "DisclosureTriangle", "dialog"}
IN_FOCUS = """
const here = document.activeElement, box = here.getBoundingClientRect(), look = getComputedStyle(here);
const row = here.closest(".topic, .choice, .card"), outer = row && getComputedStyle(row);
const ringed = (style) => style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
const top = document.elementFromPoint(Math.min(innerWidth - 1, Math.max(0, box.x + box.width / 2)), box.y + Math.min(box.height, innerHeight) / 2);
return {
  tag: here.tagName, name: (here.getAttribute("aria-label") || here.textContent.trim() || here.name || "").replace(/\\s+/g, " "),
  field: here.getAttribute("name") || "", id: here.id, inside: Boolean(here.closest(arguments[0])),
  ringed: here.matches(":focus-visible") && Boolean(ringed(look) || ringed(outer)),
  inSight: box.bottom > 0 && box.top < innerHeight && Boolean(top) && (here.contains(top) || top.contains(here) || Boolean(row?.contains(top))),
};
"""


def test_from_the_home_page_to_a_receipt(site: Site, browser: Chrome) -> None:
    person = UserFactory(member=True, email="hester@example.org")
    topic = TopicFactory(title=TITLE, created_at=timezone.now())
    an_open_one(title="Which route?", at=timezone.now() - timedelta(days=3))

    come_to(browser, site)
    go(browser, "Sign in", inside="header")
    reach(browser, field="login")
    press_keys(browser, person.email)
    reach(browser, field="password")
    press_keys(browser, PASSWORD)
    enter(browser)

    go(browser, TITLE, inside="main")
    assert heading(browser) == TITLE
    reach(browser, name="Insightful", inside=".post-foot")
    press_keys(browser, Keys.SPACE)
    WebDriverWait(browser, 20).until(lambda _: Reaction.objects.filter(user=person, kind="insightful").exists())
    WebDriverWait(browser, 20).until(
        lambda page: page.find_element(By.CSS_SELECTOR, ".reactset > [value^=insightful][aria-pressed=true]")
    )
    reach(browser, name="Reply to #1")
    press_keys(browser, Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda page: page.switch_to.active_element.get_attribute("name") == "body")
    press_keys(browser, "By keyboard alone.")
    reach(browser, name="Post reply")
    enter(browser)
    assert "By keyboard alone." in words(browser)
    assert Post.objects.get(topic=topic, number=2).parent_number == 1

    go(browser, "Home", inside="header")
    go(browser, "See what is asked", inside="main")
    go(browser, "Answer", inside="main")
    reach(browser, field="q-purpose")
    press_keys(browser, Keys.SPACE, Keys.ARROW_DOWN)
    reach(browser, name="Continue")
    enter(browser)
    answer_the_ranking(browser)
    send_it(browser)


def test_a_poll_a_bookmark_and_following_on_a_phone(site: Site, browser: Chrome) -> None:
    person = UserFactory(member=True)
    plan = PollPlan("Which day?", ("Monday", "Tuesday"), "single", "always", timezone.now() + timedelta(days=9))
    asker = UserFactory(member=True)
    topic = start_topic(CategoryFactory(), by=asker, title=TITLE, body="Say when.", at=timezone.now(), poll=plan)
    sign_in(browser, site, person)
    show(browser, width=390)
    browser.get(site.url + topic.get_absolute_url())
    assert_named_and_quiet(browser)

    reach(browser, field="choice")
    press_keys(browser, Keys.SPACE, Keys.ARROW_DOWN)
    reach(browser, name="Vote")
    enter(browser)
    assert "/in-time/" not in browser.current_url, "back to the face it was given in"
    assert "Your vote is counted" in browser.find_element(By.ID, "messages").text
    assert PollVote.objects.get(user=person).choices == [1]

    reach(browser, name="More about post 1")
    press_keys(browser, Keys.ENTER)
    reach(browser, name="Bookmark")
    press_keys(browser, Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda page: in_focus(page)["name"] == "Bookmarked: add a note or a day")
    assert browser.find_element(By.CSS_SELECTOR, "#messages > .sr").get_attribute("textContent") == "Bookmarked."
    press_keys(browser, Keys.ESCAPE)
    assert in_focus(browser)["name"] == "More about post 1, bookmarked"
    assert Bookmark.objects.filter(user=person, post__topic=topic).exists()

    reach(browser, field="level")
    press_keys(browser, Keys.HOME)
    reach(browser, name="Save")
    enter(browser)
    assert TopicMember.objects.get(user=person, topic=topic).level == Level.WATCHING
    go(browser, "Undo", inside="#messages")
    assert "All is as it was" in browser.find_element(By.ID, "messages").text
    assert not TopicMember.objects.filter(user=person, topic=topic, level=Level.WATCHING).exists()

    go(browser, "With a poll", inside=".composer")
    assert heading(browser) == "Reply"
    assert_named_and_quiet(browser)


def assert_named_and_quiet(browser: Chrome) -> None:
    """As a screen reader has it: whatever can be worked says what it is, and one region speaks, which says nothing yet."""
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    seen = [node for node in nodes if not node["ignored"]]
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in seen]
    assert [role for role, name in roles if role in WORKED and not name] == []
    assert [role for role, _ in roles if role in {"status", "alert", "log"}] == ["status"]
    assert not browser.find_element(By.ID, "messages").text


def answer_the_ranking(browser: Chrome) -> None:
    for place, name in enumerate(("A written examination", "A portfolio of your own work"), start=1):
        reach(browser, name=f"Rank {name}")
        press_keys(browser, Keys.ENTER)
        WebDriverWait(browser, 20).until(lambda page, place=place: len(page.find_elements(By.CSS_SELECTOR, ".rank li")) == place)
    reach(browser, name="Move A portfolio of your own work up")
    press_keys(browser, Keys.SPACE)
    WebDriverWait(browser, 20).until(
        lambda page: "now at place 1" in (page.find_element(By.ID, "answering-status").get_attribute("textContent") or "")
    )
    assert in_focus(browser)["id"] == "question-route-order:portfolio:up", "focus stays with what was moved"
    reach(browser, name="Continue")
    enter(browser)
    assert "Check your answers" in heading(browser)
    kept = {answer.question.key: answer.value for answer in DraftAnswer.objects.select_related("question")}
    assert kept["purpose"] == "spur"
    assert kept["route-order"]["groups"] == [["portfolio"], ["exam"]]


def send_it(browser: Chrome) -> None:
    reach(browser, field="consent")
    press_keys(browser, Keys.ARROW_UP)
    reach(browser, name="Send my answer")
    enter(browser)
    assert heading(browser) == "Your answer is in"
    sent = Response.objects.get()
    assert (sent.consent, sent.answers.count()) == ("unnamed", 2)
    assert sent.spelt_reference in words(browser)


def go(browser: Chrome, name: str, *, inside: str) -> None:
    """Tab to a link and follow it."""
    reach(browser, name=name, inside=inside)
    enter(browser)


def reach(browser: Chrome, *, name: str = "", field: str = "", inside: str = "body") -> None:
    """Tab until this has the focus; whatever has it on the way is ringed and in sight."""
    passed = []
    for _ in range(MOST_TABS):
        press_keys(browser, Keys.TAB)
        here = in_focus(browser, inside)
        if here["tag"] == "BODY":
            continue  # past the end, in the browser's own bars
        assert here["ringed"], f"no ring: {here}"
        assert here["inSight"], f"out of sight: {here}"
        passed.append(here["name"] or here["field"])
        if here["inside"] and ((field and here["field"] == field) or (name and here["name"].startswith(name))):
            return
    raise AssertionError(f"{name or field!r} is not among {passed}")


def enter(browser: Chrome) -> None:
    """Press Enter on what leads to another page, and wait until that is there."""
    leaving(browser, lambda: press_keys(browser, Keys.ENTER))
    assert_page_is_sound(browser)


def press_keys(browser: Chrome, *keys: str) -> None:
    ActionChains(browser, duration=0).send_keys(*keys).perform()


def in_focus(browser: Chrome, inside: str = "body") -> dict[str, str]:
    found: dict[str, str] = browser.execute_script(IN_FOCUS, inside)
    return found
