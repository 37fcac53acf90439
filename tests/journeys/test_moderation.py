"""A member reports; a moderator claims, a second one sees it; hidden and suspended, the author reads why; it is taken back."""

import pytest
from selenium.webdriver import Chrome

from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser.site import Site
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.journeys.fixtures import eventually
from tests.journeys.steps import (
    fill,
    follow,
    heading,
    open_account_menu,
    open_notices,
    open_post_menu,
    push,
    sign_in_by_hand,
    tick,
    words,
)
from tests.mail.sink import Sink

pytestmark = pytest.mark.browser
TITLE = "Who takes the calls?"
INSULT = "Whoever runs it like this is a fool."


def test_from_a_report_to_a_decision_and_back(
    site: Site, browser: Chrome, another_browser: Chrome, worker: None, post_office: Sink
) -> None:
    people = {
        name: UserFactory(member=True, email=f"{name}@example.org", display_name=name.title(), handle=name, **roles)
        for name, roles in {"nettie": {}, "rupert": {}, "duncan": {"moderator": True}, "moira": {"moderator": True}}.items()
    }
    topic = TopicFactory(category=CategoryFactory(name="Daily work"), title=TITLE, author=people["nettie"])
    PostFactory(topic=topic, author=people["rupert"], body=INSULT)

    # the report
    sign_in_by_hand(browser, site, "nettie@example.org", PASSWORD)
    follow(browser, TITLE)
    open_post_menu(browser, 2)
    follow(browser, "Report", within="//li[@id='p2']")
    tick(browser, "Breaks the rules of debate")
    fill(browser, text="He calls me a fool.")
    push(browser, "Send the report")
    assert "you will hear when they have decided" in words(browser)

    # claimed, and the other sees it
    sign_in_by_hand(another_browser, site, "duncan@example.org", PASSWORD)
    open_account_menu(another_browser)
    follow(another_browser, "Moderate", within="//header")
    follow(another_browser, "Post #2 by Rupert")
    assert INSULT in words(another_browser)
    assert "He calls me a fool." in words(another_browser)
    push(another_browser, "Claim it")
    leave(browser)
    sign_in_by_hand(browser, site, "moira@example.org", PASSWORD)
    open_account_menu(browser)
    follow(browser, "Moderate", within="//header")
    assert "Duncan is working on this" in words(browser)
    follow(browser, "Post #2 by Rupert")
    assert "Duncan is working on this since" in words(browser)
    leave(browser)

    # decided
    tick(another_browser, "Hide it")
    tick(another_browser, "Suspend the member")
    fill(another_browser, reason="It calls a colleague a fool.", span="A week")
    push(another_browser, "Decide")
    assert "Post hidden" in words(another_browser)

    # the author reads why, and can write no more
    sign_in_by_hand(browser, site, "rupert@example.org", PASSWORD)
    follow(browser, TITLE)
    assert INSULT not in words(browser)
    assert "It calls a colleague a fool." in words(browser)
    assert "You are suspended until" in words(browser)
    eventually(lambda: post_office.to("rupert@example.org"))
    open_notices(browser)
    follow(browser, "Moderators decided about your post #2")
    assert "It calls a colleague a fool." in words(browser)
    assert "If you think that this is wrong" in words(browser)
    assert post_office.to("rupert@example.org")[0].message["Subject"] == "A decision of the moderators"

    # taken back
    follow(another_browser, "Take it back")
    fill(another_browser, reason="It was a quotation.")
    push(another_browser, "Take it back")
    assert "Taken back" in words(another_browser)
    follow(browser, "Home", within="//header")
    follow(browser, TITLE)
    assert INSULT in words(browser)
    assert "You are suspended" not in words(browser)
    assert heading(browser) == TITLE


def leave(browser: Chrome) -> None:
    open_account_menu(browser)
    push(browser, "Sign out", within="//header")
