"""A picture put into a text, the question before publishing, and a card, in a real browser: sound on every screen."""

import os
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from accounts.models import Facts
from forum.models import Post
from tests.accounts.factories import FactsFactory, UserFactory
from tests.browser.driver import assert_page_is_sound, press, show
from tests.browser.site import Site, sign_in
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.browser
SCREENS = [(1280, "light"), (390, "light"), (390, "dark")]
PICTURES = os.environ.get("PLENARY_PICTURES", "")


def sound_on_every_screen(browser: Chrome, name: str) -> None:
    for width, scheme in SCREENS:
        show(browser, width=width, scheme=scheme)
        assert_page_is_sound(browser, expected=r"status of 422")
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            show(browser, width=width, height=min(height, 4000), scheme=scheme)
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}-{scheme}.png"))
    show(browser, width=1280)


def test_a_picture_is_sent_described_and_published_after_the_question(site: Site, browser: Chrome, tmp_path) -> None:
    member, topic = FactsFactory(user__display_name="Hester Quill").user, TopicFactory(title="How we draw up the winter rota")
    Facts.objects.filter(user=member).update(interests="Works for an awarding body")
    Image.effect_noise((1200, 700), 60).save(tmp_path / "rota.png")
    (tmp_path / "bad.svg").write_text("<svg/>")
    sign_in(browser, site, member)
    browser.get(f"{site.url}/forum/topics/{topic.pk}/reply/")
    area = browser.find_element(By.ID, "id_body")
    area.send_keys("Here is how we do it. Ring 07700 900123.\n\n")
    browser.find_element(By.CSS_SELECTOR, "#attach summary").click()
    browser.find_element(By.ID, "id_files").send_keys(f"{tmp_path / 'bad.svg'}\n{tmp_path / 'rota.png'}")
    wait = WebDriverWait(browser, 20)
    wait.until(lambda _: "](/forum/files/" in area.get_property("value"))
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, "#attach li input"))
    assert "bad.svg: Files of this kind cannot be attached" in browser.find_element(By.ID, "fe").text
    browser.find_element(By.CSS_SELECTOR, "#attach li input").send_keys("The rota [week 2]")
    assert "![The rota \\[week 2\\]](/forum/files/" in area.get_property("value")
    assert area.get_property("value").startswith("Here is how we do it.")
    sound_on_every_screen(browser, "attached")
    area.send_keys("https://www.youtube.com/watch?v=abcdefghijk\n")
    press(browser, browser.find_elements(By.CSS_SELECTOR, "#composer .end .btn")[-1])
    assert browser.find_element(By.CSS_SELECTOR, "#guard mark").text == "07700 900123"
    sound_on_every_screen(browser, "guard")
    press(browser, browser.find_element(By.CSS_SELECTOR, "#guard button"))
    picture = browser.find_element(By.CSS_SELECTOR, "#p2 .prose img")
    wait.until(lambda _: picture.get_property("naturalWidth") == 640)
    assert picture.accessible_name == "The rota [week 2]"
    assert browser.find_element(By.CSS_SELECTOR, "#p2 .linkcard small").text == "Video, opens at youtube.com"
    sound_on_every_screen(browser, "shown")
    assert Post.objects.get(topic=topic, number=2).attachments.count() == 1
    if PICTURES:
        sign_in(browser, site, UserFactory(member=True, moderator=True))
        browser.get(f"{site.url}/moderation/topics/{topic.pk}/posts/2/erase/")
        sound_on_every_screen(browser, "erase")
