"""The forum in a real browser: sound on every screen, live arrival, answering in place, and everything without scripts."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from forum.actions.notices import put_topic_notice
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.actions.reading import mark_category_read, mark_topic_read
from forum.actions.removal import hide_post
from forum.actions.topics import start_topic
from forum.models import Category, Draft, Post, Topic, TopicMember
from notifications.tasks import expand
from tests.accounts.factories import FactsFactory, UserFactory
from tests.browser.driver import assert_page_is_sound, overflow, press, show
from tests.browser.site import Site, sign_in
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.browser
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
PICTURES = os.environ.get("PLENARY_PICTURES", "")


def picture(browser: Chrome, name: str) -> None:
    """Keep what is to be seen, where somebody asked for it."""
    if PICTURES:
        height = browser.execute_script("return document.documentElement.scrollHeight")
        width = browser.execute_script("return document.documentElement.clientWidth")
        show(browser, width=width, height=min(height, 4000), scheme=name.rsplit("-", 1)[-1])
        browser.save_screenshot(str(Path(PICTURES) / f"{name}.png"))


@pytest.fixture
def member():
    return FactsFactory(user__display_name="Hester Quill").user


@pytest.fixture
def debate(member) -> Topic:
    """A small debate with everything that can stand in one."""
    now = timezone.now()
    maren = FactsFactory(user__display_name="Maren Ashdowne").user
    dilip = FactsFactory(user__display_name="Dilip Ravalia", nation="england", list_size="15-20k").user
    category = CategoryFactory(
        name="Accreditation",
        slug="accreditation",
        description="Should practice managers be professionally accredited, by whom, and at what cost in money and in Tuesdays.",
    )
    topic = start_topic(
        category, by=maren, title="Exam or portfolio? I have now sat through both", at=now - timedelta(days=3), body=OPENING
    )
    at = now - timedelta(days=2)
    reply_to_topic(topic, by=dilip, body=QUOTING.format(url=f"/forum/topics/{topic.pk}/posts/1/#p1"), at=at, parent_number=1)
    reply_to_topic(topic, by=maren, body="Point taken. No paper has ever *asked* me that.", at=at, parent_number=2)
    reply_to_topic(topic, by=dilip, body="Then ask it on the paper, and mark it by hand.", at=at, parent_number=3)
    reply_to_topic(topic, by=dilip, body="The patient in question is …", at=at, parent_number=1)
    hide_post(topic.posts.get(number=5), by=UserFactory(moderator=True), reason="names a patient", at=now - timedelta(days=1))
    mark_category_read(category, by=member, at=now - timedelta(days=4))
    topic.refresh_from_db()
    mark_topic_read(topic, by=member, number=5, at=at)
    persona = PersonaFactory(topic=topic, label="Larchfield")
    PostFactory(topic=topic, author=None, persona=persona, body="My partners read this forum.", created_at=now)
    reply_to_topic(topic, by=member, body="Mine too, and I use my own name. Ask me how that went.", at=now, parent_number=6)
    for kind, people in (("agree", 4), ("thanks", 2), ("disagree", 1)):
        for person in UserFactory.create_batch(people, member=True):
            react(topic.posts.get(number=1), by=person, kind=kind, at=now)
    react(topic.posts.get(number=1), by=member, kind="thanks", at=now)
    put_topic_notice(
        topic, kind="consultation.open", text="Put to consultation until 4 December", url="/consultations/1/", at=now
    )
    TopicFactory(
        category=category, title="Start here: what has been decided, and what has not", pinned_until=now + timedelta(days=9)
    )
    TopicFactory(category=category, title="Closed: first thoughts on levels 4, 5 and 6", locked=True)
    TopicFactory(category=category, title="Small practices: is a tier a ladder or a label?", created_at=now)
    CategoryFactory(name="Money and contracts", members_only=True, description="Contracts, claims, leases and partnership terms.")
    return Topic.objects.get(pk=topic.pk)


def pages(topic: Topic) -> dict[str, str]:
    return {
        "forum": "/forum/",
        "category": "/forum/categories/accreditation/",
        "topic": topic.get_absolute_url(),
        "in-time": f"{topic.get_absolute_url()}in-time/",
        "replies": f"/forum/topics/{topic.pk}/posts/1/replies/",
    }


MEMBERS_PAGES = {
    "start": "/forum/categories/accreditation/start/",
    "reply": "/forum/topics/{pk}/reply/?quote=2",
    "history": "/forum/topics/{pk}/posts/7/history/",
    "edit": "/forum/topics/{pk}/posts/7/edit/",
    "withdraw": "/forum/topics/{pk}/posts/7/withdraw/",
}


def test_every_page_is_sound_for_a_member_on_every_screen(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    addresses = pages(debate) | {name: url.format(pk=debate.pk) for name, url in MEMBERS_PAGES.items()}
    for name, url in addresses.items():
        for width, scheme in SCREENS:
            show(browser, width=width, scheme=scheme)
            browser.get(site.url + url)
            assert_page_is_sound(browser)
            picture(browser, f"{name}-member-{width}-{scheme}")


def test_every_page_is_sound_for_a_visitor(site: Site, browser: Chrome, debate: Topic) -> None:
    for name, url in pages(debate).items():
        for width, scheme in [(1280, "light"), (390, "light")]:
            show(browser, width=width, scheme=scheme)
            browser.get(site.url + url)
            assert_page_is_sound(browser)
            picture(browser, f"{name}-visitor-{width}-{scheme}")


def test_nothing_scrolls_sideways_at_320_pixels_nor_with_text_at_200_per_cent(
    site: Site, browser: Chrome, debate: Topic, member
) -> None:
    sign_in(browser, site, member)
    for url in pages(debate).values():
        show(browser, width=320)
        browser.get(site.url + url)
        assert overflow(browser) <= 0, url
        show(browser, width=390)
        browser.execute_script("document.documentElement.style.fontSize = '200%'")
        assert overflow(browser) <= 0, url


def test_a_reply_arrives_while_one_reads_and_nothing_moves(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    browser.get(f"{site.url}{debate.get_absolute_url()}in-time/")
    WebDriverWait(browser, 20).until(lambda driver: driver.execute_script("return document.readyState") == "complete")
    browser.execute_script("window.scrollTo(0, 300); window.words = [];")
    before = browser.execute_script("return document.getElementById('p2').getBoundingClientRect().top")

    def arrived(driver: Chrome) -> bool:
        # said again and again: what goes out before the page listens is heard by nobody
        if not driver.find_elements(By.CSS_SELECTOR, "#thread > li[id^=p9]"):
            if not Post.objects.filter(topic=debate, number=9).exists():
                PostFactory(topic=Topic.objects.get(pk=debate.pk), pending=True)  # what waits holds up nobody
                reply_to_topic(debate, by=UserFactory(member=True), body="I have just arrived.", at=timezone.now())
                expand()
            else:
                driver.execute_script(
                    "document.dispatchEvent(new CustomEvent('plenary:live', {detail: {topic: arguments[0], number: 9, post: 1}}))",
                    debate.pk,
                )
            return False
        return True

    WebDriverWait(browser, 20, poll_frequency=1).until(arrived)
    assert "I have just arrived." in browser.find_element(By.ID, "p9").text
    assert browser.find_element(By.CSS_SELECTOR, "#arrived a").text == "1 new reply"
    after = browser.execute_script("return document.getElementById('p2').getBoundingClientRect().top")
    assert after == before
    assert browser.execute_script("return document.querySelectorAll('#p9').length") == 1
    assert_page_is_sound(browser)


def test_elsewhere_a_bar_says_how_many_and_leads_there(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    browser.get(site.url + debate.get_absolute_url())
    for number in (8, 9):
        reply_to_topic(debate, by=UserFactory(member=True), body=f"Late word {number}.", at=timezone.now())
    browser.execute_script(
        "document.dispatchEvent(new CustomEvent('plenary:live', {detail: {topic: arguments[0], number: 9, post: 1}}))", debate.pk
    )
    link = WebDriverWait(browser, 10).until(lambda driver: driver.find_element(By.CSS_SELECTOR, "#arrived:not([hidden]) a"))
    WebDriverWait(browser, 10).until(lambda driver: link.text == "2 new replies")
    press(browser, link)
    assert browser.current_url.endswith("/in-time/#p8")


def test_a_reaction_changes_only_the_foot(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    browser.get(site.url + debate.get_absolute_url())
    browser.execute_script("window.stayed = true")
    browser.find_element(By.CSS_SELECTOR, "#p1 > .post button[value='agree:1']").click()
    pressed = "#p1 > .post button[value='agree:1'][aria-pressed=true]"
    WebDriverWait(browser, 10).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, pressed))
    assert browser.find_element(By.CSS_SELECTOR, pressed).text.endswith("5")
    assert browser.execute_script("return window.stayed") is True
    assert browser.current_url.endswith(debate.get_absolute_url())


def test_answering_in_place_with_the_words_that_were_selected(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    browser.get(site.url + debate.get_absolute_url())
    browser.execute_script("getSelection().selectAllChildren(document.querySelector('#p4 .prose p'))")
    browser.execute_script("document.querySelector('#p4 .do-quote').click()")
    area = browser.find_element(By.ID, "id_body")
    WebDriverWait(browser, 10).until(lambda driver: area.get_attribute("value"))  # a draft of this answer comes first
    assert area.get_attribute("value").startswith("> [Dilip Ravalia, #4](/forum/topics/")
    assert "> Then ask it on the paper, and mark it by hand." in area.get_attribute("value")
    assert "Answering Dilip Ravalia, #4." in browser.find_element(By.ID, "answering").text
    area.send_keys("By whose hand?")
    press(browser, browser.find_element(By.CSS_SELECTOR, "#composer button:not([name])"))
    post = Post.objects.get(topic=debate, number=8)
    assert post.parent_number == 4
    assert post.body.endswith("By whose hand?")
    assert browser.current_url.endswith("#p8")


def test_a_draft_is_kept_while_one_writes_and_comes_back(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    browser.get(site.url + debate.get_absolute_url())
    browser.find_element(By.ID, "id_body").send_keys("Half a thought")
    WebDriverWait(browser, 10).until(lambda driver: "Draft saved" in driver.find_element(By.ID, "draft-state").text)
    assert Draft.objects.get().body == "Half a thought"
    browser.get(site.url + debate.get_absolute_url())
    assert browser.find_element(By.ID, "id_body").get_attribute("value").strip() == "Half a thought"
    browser.get(f"{site.url}/forum/categories/{debate.category.slug}/start/")
    browser.find_element(By.CSS_SELECTOR, "[name=kind][value=question]").click()
    browser.find_element(By.ID, "id_tags").send_keys("cqc, rotas")
    WebDriverWait(browser, 10).until(lambda _: Draft.objects.filter(about={"kind": "question", "tags": "cqc, rotas"}).exists())
    browser.refresh()
    assert browser.find_element(By.CSS_SELECTOR, "[name=kind][value=question]").is_selected()
    assert browser.find_element(By.ID, "id_tags").get_attribute("value") == "cqc, rotas"


def test_preview_and_show_more_change_only_their_place(site: Site, browser: Chrome, debate: Topic, member) -> None:
    PostFactory.create_batch(45, topic=debate, parent=debate.posts.get(number=1))
    sign_in(browser, site, member)
    browser.get(site.url + debate.get_absolute_url())
    shown = len(browser.find_elements(By.CSS_SELECTOR, "#p1 > .branch > .replies > li[data-number]"))
    more = browser.find_element(By.CSS_SELECTOR, "#p1 > .branch > .replies > .show-more a")
    browser.execute_script("arguments[0].click()", more)
    WebDriverWait(browser, 10).until(
        lambda driver: (
            len(driver.find_elements(By.CSS_SELECTOR, "#p1 > .branch > .replies > li[data-number]")) >= min(47, shown + 20)
        )
    )
    browser.find_element(By.ID, "id_body").send_keys("Now **look**")
    browser.find_element(By.CSS_SELECTOR, "#composer .end [name=preview][value='1']").click()
    WebDriverWait(browser, 10).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, "#preview strong"))
    assert browser.current_url.endswith(debate.get_absolute_url())


def test_what_was_read_is_told_to_the_server(site: Site, browser: Chrome, debate: Topic, member) -> None:
    sign_in(browser, site, member)
    browser.get(f"{site.url}{debate.get_absolute_url()}in-time/")
    browser.execute_script("document.getElementById('p7').scrollIntoView()")
    WebDriverWait(browser, 15).until(lambda driver: TopicMember.objects.get(user=member, topic=debate).last_read == 7)


def test_without_scripts_one_starts_answers_quotes_and_reacts(
    site: Site, browser_without_scripts: Chrome, debate: Topic, member
) -> None:
    browser = browser_without_scripts
    show(browser)
    sign_in(browser, site, member)
    browser.get(f"{site.url}/forum/")
    press(browser, browser.find_element(By.LINK_TEXT, "Accreditation"))
    press(browser, browser.find_element(By.LINK_TEXT, "New topic"))
    browser.find_element(By.ID, "id_title").send_keys("Who accredits the accreditors?")
    browser.find_element(By.ID, "id_body").send_keys("And who pays *them*?")
    press(browser, browser.find_element(By.CSS_SELECTOR, ".end [name=preview]"))
    assert browser.find_element(By.CSS_SELECTOR, "#preview em").text == "them"
    press(browser, browser.find_element(By.CSS_SELECTOR, "#composer button:not([name])"))
    assert Topic.objects.filter(title="Who accredits the accreditors?", author=member).exists()
    browser.get(site.url + debate.get_absolute_url())
    press(browser, browser.find_element(By.CSS_SELECTOR, "#p2 .do-quote"))
    browser.find_element(By.ID, "id_body").send_keys("Quite.")
    press(browser, browser.find_element(By.CSS_SELECTOR, "#composer button:not([name])"))
    assert Post.objects.get(topic=debate, number=8).parent_number == 2
    browser.get(site.url + debate.get_absolute_url())
    press(browser, browser.find_element(By.CSS_SELECTOR, "#p2 button[value='insightful:2']"))
    assert Post.objects.get(topic=debate, number=2).insightful_count == 1
    assert Category.objects.count() == 2


OPENING = """Four years ago I sat the old institute exam: two papers, a test centre in Swansea, a car park I still dream about. Last spring I was one of thirty managers in the portfolio pilot. So I have paid for both.

**The exam told me what I knew. The portfolio told me what I did.** Only one of those has changed how I run a Monday.

- Exam: about 60 hours of evenings, £540, over in a day.
- Portfolio: eleven months, £420, and I wrote most of it at work because it *was* the work.

| Route | Exam | Portfolio |
|---|---|---|
| Months | 4 | 11 |
| Pounds | 540 | 420 |
"""
QUOTING = """> [Maren Ashdowne, #1]({url})
>
> The exam told me what I knew. The portfolio told me what I did.

A fine sentence, but employers will only ever read the certificate. If two routes lead to one title, the cheaper one becomes the title."""


def test_whoever_is_signed_out_meanwhile_signs_in_and_is_back_and_a_refusal_is_told(site, browser, member, debate):
    sign_in(browser, site, member)
    browser.get(f"{site.url}{debate.get_absolute_url()}")
    hide_post(debate.posts.get(number=2), by=UserFactory(moderator=True), reason="Off topic", at=timezone.now())
    browser.execute_script("scrollTo(0, 800); document.querySelector('#p2 .reactset button').click()")
    told = WebDriverWait(browser, 30).until(lambda driver: driver.find_element(By.CSS_SELECTOR, "#messages .note.bad"))
    assert "may have been moved or removed" in told.text
    assert browser.find_elements(By.CSS_SELECTOR, ".toast"), "the messages are out of sight"
    browser.delete_cookie("plenary_session")
    browser.execute_script("document.querySelector('#p3 .reactset button').click()")
    WebDriverWait(browser, 30).until(lambda driver: "/accounts/login/?next=%2Fforum%2Ftopics%2F" in driver.current_url)
    browser.back()
    browser.execute_script("document.querySelector('#p3 .menu a[href$=\"/bookmark/\"]').click()")
    WebDriverWait(browser, 30).until(lambda driver: "/accounts/login/?next=" in driver.current_url)
