"""What a reader does, in a real browser: branches that stay folded, marks that pass a gap, single keys."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.models import Bookmark, Topic, TopicMember
from tests.accounts.factories import FactsFactory
from tests.browser.driver import press, show
from tests.browser.site import Site, sign_in
from tests.forum.factories import CategoryFactory, PostFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def member():
    return FactsFactory(user__display_name="Hester Quill").user


@pytest.fixture
def debate(member) -> Topic:
    """Twenty-six posts: an answer below the first, a gap, and enough for two pages."""
    now = timezone.now()
    maren = FactsFactory(user__display_name="Maren Ashdowne").user
    category = CategoryFactory(name="Accreditation", slug="accreditation")
    topic = start_topic(category, by=maren, title="Exam or portfolio?", body="I have paid for both.", at=now - timedelta(days=3))
    reply_to_topic(topic, by=member, body="Which was harder?", at=now - timedelta(days=2), parent_number=1)
    topic.refresh_from_db()
    PostFactory(topic=topic, state="gap", author=None, body="", html="")
    for _ in range(23):
        PostFactory(topic=topic, author=maren, created_at=now - timedelta(hours=5))
    return topic


def test_branches_stay_folded_marks_pass_a_gap_and_keys_work_once_turned_on(
    site: Site, browser: Chrome, debate: Topic, member
) -> None:
    sign_in(browser, site, member)
    show(browser, width=1280, height=1000)
    browser.get(site.url + debate.get_absolute_url())
    browser.find_element(By.CSS_SELECTOR, "details.branch > summary").click()
    browser.get(site.url + debate.get_absolute_url())
    assert browser.find_element(By.CSS_SELECTOR, "details.branch").get_attribute("open") is None
    browser.get(site.url + debate.get_absolute_url() + "#p2")
    browser.refresh()
    assert browser.find_element(By.CSS_SELECTOR, "#p2 .prose").is_displayed(), "an address opens what leads to it"
    for number in range(1, 22):
        browser.execute_script("document.getElementById(arguments[0])?.scrollIntoView()", f"p{number}")
    WebDriverWait(browser, 15).until(lambda driver: TopicMember.objects.get(user=member, topic=debate).last_read >= 20)

    body = ActionChains(browser)
    body.send_keys("j").perform()
    assert browser.execute_script("return document.activeElement.tagName") != "ARTICLE", "off until somebody turns them on"
    browser.get(site.url + reverse("appearance"))
    browser.find_element(By.CSS_SELECTOR, "input[name=keys][value=on]").click()
    press(browser, browser.find_element(By.CSS_SELECTOR, "main button.btn"))
    browser.get(site.url + reverse("forum:topic_in_time", args=[debate.pk, debate.slug]))
    browser.execute_script("scrollTo({top: 0, behavior: 'instant'})")
    ActionChains(browser).send_keys("jj").perform()
    assert browser.execute_script("return document.activeElement.closest('li').id") in {"p1", "p2"}
    ActionChains(browser).send_keys("b").perform()
    WebDriverWait(browser, 10).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".menu.kept"))
    assert Bookmark.objects.filter(user=member).exists()
    ActionChains(browser).send_keys("b").perform()
    WebDriverWait(browser, 10).until(lambda driver: driver.current_url.endswith("/bookmark/"))

    browser.get(site.url + reverse("forum:bookmark", args=[debate.pk, 19]))
    press(browser, browser.find_element(By.CSS_SELECTOR, "main button.btn"))
    toast = WebDriverWait(browser, 10).until(lambda driver: driver.find_element(By.CSS_SELECTOR, ".toast"))
    assert "#19 is bookmarked" in toast.text, "what was done is said where the page opens, not only at its top"
    toast.find_element(By.TAG_NAME, "button").click()
    assert browser.find_elements(By.CSS_SELECTOR, ".toast") == []
