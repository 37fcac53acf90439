"""The composer as somebody uses it: by keyboard, with names, in two windows, quoting, while others write."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from forum.actions.drafts import save_draft
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.models import Draft, Post
from tests.accounts.factories import FactsFactory, UserFactory
from tests.browser.driver import assert_page_is_sound, forget_console, press, show
from tests.browser.site import Site, sign_in
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PLENARY_PICTURES", "")
NOW = timezone.now()


def picture(browser: Chrome, name: str) -> None:
    if PICTURES:
        for width, scheme in ((1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")):
            show(browser, width=width, scheme=scheme)
            height = browser.execute_script("return document.documentElement.scrollHeight")
            show(browser, width=width, height=min(height, 2600), scheme=scheme)
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}-{scheme}.png"))
        show(browser)


def until(browser: Chrome, selector: str, words: str = ""):
    """The element that this selector finds, once it is there and says these words."""
    return WebDriverWait(browser, 10).until(
        lambda driver: next((one for one in driver.find_elements(By.CSS_SELECTOR, selector) if words in one.text), None)
    )


def value(browser: Chrome) -> str:
    return browser.find_element(By.ID, "id_body").get_attribute("value")


def test_writing_a_reply_by_keyboard_with_names_in_two_windows_while_others_write(site: Site, browser: Chrome) -> None:
    member = FactsFactory(user__display_name="Hester Quill").user
    maren = FactsFactory(user__display_name="Maren Ashdowne", user__handle="maren").user
    topic = start_topic(
        CategoryFactory(),
        by=maren,
        title="Exam or portfolio?",
        body="I sat both. One told me what I knew.",
        at=NOW - timedelta(days=1),
    )
    reply_to_topic(
        topic, by=UserFactory(member=True, display_name="Dilip Ravalia"), body="And the other?", at=NOW, parent_number=1
    )
    sign_in(browser, site, member)
    browser.get(site.url + topic.get_absolute_url())
    area = browser.find_element(By.ID, "id_body")

    # keys, names, emoji
    area.send_keys("Well, ", Keys.CONTROL, "b")
    area.send_keys(Keys.NULL, "yes")
    assert value(browser) == "Well, **yes**"
    area.send_keys(Keys.END, " @mar")
    option = until(browser, "#suggestions [aria-selected=true]", "Maren Ashdowne")
    assert area.get_attribute("aria-activedescendant") == option.get_attribute("id")
    picture(browser, "names")
    area.send_keys(Keys.ENTER)
    assert value(browser) == "Well, **yes** @maren "
    area.send_keys(":than")
    until(browser, "#suggestions [aria-selected=true]")
    area.send_keys(Keys.ESCAPE, Keys.BACKSPACE)
    until(browser, "#suggestions [aria-selected=true]")
    area.send_keys(Keys.TAB)
    assert value(browser).startswith("Well, **yes** @maren ")
    assert ":tha" not in value(browser)
    area.send_keys(Keys.CONTROL, Keys.SHIFT, "p")
    area.send_keys(Keys.NULL)
    until(browser, "#preview strong", "yes")
    area.send_keys("and `in step`")
    until(browser, "#preview code", "in step")
    assert_page_is_sound(browser)

    # another window was quicker
    until(browser, "#draft-state", "Draft saved")
    mine = value(browser)
    key = f"reply:{topic.pk}"
    save_draft(by=member, key=key, seen=Draft.objects.get().sequence, body="From the phone.", at=NOW)
    area.send_keys(" More.")
    until(browser, ".conflict", "A newer draft was saved")
    assert_page_is_sound(browser, expected="409")  # how the server says so
    forget_console(browser)
    picture(browser, "conflict")
    browser.find_element(By.XPATH, "//button[.='Use that one']").click()
    assert value(browser) == "From the phone."
    browser.find_element(By.XPATH, "//button[.='Go back to it']").click()
    assert value(browser) == f"{mine} More."
    browser.find_element(By.XPATH, "//button[.='I do not need it']").click()
    WebDriverWait(browser, 10).until(lambda driver: Draft.objects.get().body == f"{mine} More.")

    # the phone began a poll as well: it goes with its text, and is shown beside one's own
    asked = {"question": "Which of the two?", "options": "Exam\nPortfolio"}
    save_draft(by=member, key=key, seen=Draft.objects.get().sequence, body="Shall we vote?", poll=asked, at=NOW)
    area.send_keys(" Even More.")
    until(browser, ".conflict pre", "Poll: Which of the two?\nExam")
    forget_console(browser)
    browser.find_element(By.XPATH, "//button[.='Keep mine']").click()
    WebDriverWait(browser, 10).until(lambda driver: Draft.objects.get().body == f"{mine} More. Even More.")

    # an answer to one post has a draft of its own
    browser.execute_script("document.querySelector('#p2 .do-reply').click()")
    until(browser, "#answering", "Answering Dilip Ravalia, #2.")
    WebDriverWait(browser, 10).until(lambda driver: value(browser) == "")

    # quoting what is selected, twice, across posts
    for number in (2, 1):
        browser.execute_script(f"getSelection().selectAllChildren(document.querySelector('#p{number} > .post .prose p'))")
        quote = until(browser, ".quote-it:not([hidden])")
        if number == 1:
            picture(browser, "quote")
        browser.execute_script("arguments[0].click()", quote)
        WebDriverWait(browser, 10).until(lambda driver, number=number: f", #{number}](" in value(browser))
    assert value(browser).index("> And the other?") < value(browser).index("> I sat both.")
    area.send_keys(Keys.CONTROL, Keys.END)
    area.send_keys(Keys.NULL, "Both of you are right.")

    # others write meanwhile: told at once, and shown when it is sent
    reply_to_topic(topic, by=maren, body="The other told me what I *did*.", at=NOW)
    browser.execute_script(
        "document.dispatchEvent(new CustomEvent('plenary:live', {detail: {topic: arguments[0], number: 3, post: 1}}))", topic.pk
    )
    until(browser, ".composer .meanwhile", "1 reply arrived while you were writing.")
    picture(browser, "live")
    leave = ActionChains(browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL)
    area.click()
    here = browser.find_element(By.TAG_NAME, "html")
    leave.perform()
    until(browser, "#meanwhile-title", "1 reply arrived while you were writing")
    assert here is not None
    assert "told me what I did" in browser.find_element(By.CSS_SELECTOR, ".meanwhile").text
    assert_page_is_sound(browser)
    picture(browser, "meanwhile")
    press(browser, browser.find_element(By.CSS_SELECTOR, "#composer .end button:not([name])"))
    post = Post.objects.get(topic=topic, number=4)
    assert (post.author, post.parent_number) == (member, 2)
    assert "Both of you are right." in post.body
    assert list(Draft.objects.unfinished().values_list("key", flat=True)) == [key], "the other answer is still a draft"

    # from the front page to what is unfinished, and to what a post said before
    edit_post(
        post, by=member, body="Both of you are **nearly** right.", note="Less sure now", at=timezone.now() + timedelta(hours=1)
    )
    browser.get(site.url)
    browser.find_element(By.CSS_SELECTOR, ".account > summary").click()
    press(browser, browser.find_element(By.LINK_TEXT, "Your drafts"))
    assert "More." in browser.find_element(By.CSS_SELECTOR, ".words").text
    assert_page_is_sound(browser)
    picture(browser, "drafts")
    press(browser, browser.find_element(By.LINK_TEXT, "Go on writing"))
    assert value(browser).endswith("More.")
    browser.get(f"{site.url}/forum/topics/{topic.pk}/posts/4/history/")
    assert_page_is_sound(browser)
    picture(browser, "history")
    browser.get(f"{site.url}/forum/topics/{topic.pk}/posts/4/edit/")
    assert_page_is_sound(browser)
    picture(browser, "edit")
