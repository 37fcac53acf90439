"""A member says something without their name: three links from the home page, and then finds and changes it."""

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from forum.models import Post
from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser.site import Site
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.forum.officers import officers_with_keys
from tests.journeys.steps import come_to, fill, follow, open_post_menu, push, sign_in_by_hand, words

pytestmark = pytest.mark.browser
SAID = "I was shown the accounts, and have not slept since."


def voices(browser: Chrome) -> Select:
    return Select(browser.find_element(By.ID, "id_voice"))


def test_from_the_home_page_to_a_post_under_a_pseudonym(site: Site, browser: Chrome) -> None:
    officers_with_keys(2)
    topic = TopicFactory(category=CategoryFactory(name="Partnership"), title="What is in the accounts?")
    UserFactory(member=True, email="hester@example.org", display_name="Hester Quill")
    come_to(browser, site)
    sign_in_by_hand(browser, site, "hester@example.org", PASSWORD)

    follow(browser, "Forum", within="//header")
    follow(browser, "Partnership", within="//main")
    follow(browser, topic.title)
    assert voices(browser).first_selected_option.text == "Hester Quill"
    voices(browser).select_by_index(2)
    label = voices(browser).first_selected_option.text
    fill(browser, body=SAID)
    push(browser, "Post reply")
    post = Post.objects.select_related("persona").get(topic=topic, number=2)
    assert (post.author, str(post.persona)) == (None, label)
    assert SAID in words(browser)
    assert f"Here you are also {label}" in words(browser)

    # the next time nothing is chosen for her
    assert voices(browser).first_selected_option.text == "Choose a name…"
    fill(browser, body="And one thing more.")
    push(browser, "Post reply")
    assert "so nothing is chosen for you" in words(browser)
    voices(browser).select_by_value("persona")
    push(browser, "Post reply")
    assert Post.objects.filter(topic=topic, persona=post.persona).count() == 2

    open_post_menu(browser, 2)
    follow(browser, "Change", within="//li[@id='p2']")
    fill(browser, body=f"{SAID} Not one night.", note="Counted again")
    push(browser, "Save the change")
    assert "Not one night." in words(browser)
    follow(browser, "Your pseudonyms")
    assert topic.title in words(browser)
    follow(browser, "What a pseudonym protects")
    assert "Writing under both names in one topic" in words(browser)
