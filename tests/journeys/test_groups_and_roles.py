"""A group comes to be, lets somebody in and out again; and two officers make a third."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accounts.models import RoleGrant, User
from tests.accounts.factories import UserFactory
from tests.browser.driver import forget_console, into_sight
from tests.browser.site import Site, sign_in
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.journeys.steps import come_to, fill, follow, heading, look, open_account_menu, push, tick, words

pytestmark = pytest.mark.browser


def sit_down(browser: Chrome, site: Site, person: User) -> None:
    browser.delete_all_cookies()
    sign_in(browser, site, person)
    come_to(browser, site)


def test_a_group_its_room_and_somebody_who_comes_and_goes(site: Site, browser: Chrome) -> None:
    CategoryFactory(name="Accreditation")
    administrator = UserFactory(member=True, administrator=True, display_name="Ada Marsh")
    owner = UserFactory(member=True, display_name="Oona Pell", handle="oona-pell")
    member = UserFactory(member=True, display_name="Mick Tarn", handle="mick-tarn")

    sit_down(browser, site, administrator)
    open_account_menu(browser)
    follow(browser, "Groups", within="//header")
    follow(browser, "New group")
    fill(browser, name="Accreditation panel", description="Words the options.")
    push(browser, "Make the group")
    fill(browser, q="oona")
    push(browser, "Find")
    push(browser, "Make an owner")
    assert "Oona Pell runs the group now" in words(browser)
    open_account_menu(browser)
    follow(browser, "Categories", within="//header")
    follow(browser, "New category")
    fill(browser, name="Panel room", description="What the panel says.")
    tick(browser, "Private to a group")
    fill(browser, group="Accreditation panel")
    push(browser, "See who could read it")
    assert "The 1 person of Accreditation panel can read it." in words(browser)
    push(browser, "Make the category")
    assert "“Panel room” is there." in words(browser)
    follow(browser, "Forum", within="//header")
    assert "Panel room" not in words(browser), "an administrator is not in the group"

    sit_down(browser, site, owner)
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "Your groups")
    follow(browser, "Accreditation panel")
    follow(browser, "Add somebody")
    fill(browser, q="tarn")
    push(browser, "Find")
    push(browser, "Add: Mick Tarn")
    assert "Mick Tarn is in the group now" in words(browser)

    sit_down(browser, site, member)
    follow(browser, "Forum", within="//header")
    assert "Private group" in words(browser)
    follow(browser, "Panel room")
    follow(browser, "Start the first topic")
    fill(browser, title="Whom do we ask first?", body="The single-handed practices, I would say.")
    push(browser, "Start the topic")
    place = browser.current_url
    assert heading(browser) == "Whom do we ask first?"

    sit_down(browser, site, owner)
    follow(browser, "Whom do we ask first?")
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "Your groups")
    follow(browser, "Accreditation panel")
    follow(browser, "Remove Mick Tarn")
    push(browser, "Remove from the group")

    sit_down(browser, site, member)
    follow(browser, "Forum", within="//header")
    assert "Panel room" not in words(browser)
    browser.get(place)
    assert heading(browser) == "There is no page here"
    forget_console(browser)
    come_to(browser, site)
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "Your posts")
    assert "The single-handed practices" in words(browser)
    assert "Whom do we ask first?" not in words(browser)


def test_two_officers_make_a_third(site: Site, browser: Chrome) -> None:
    administrator = UserFactory(member=True, administrator=True, display_name="Ada Marsh")
    director = UserFactory(member=True, director=True, display_name="Bert Lowe")
    UserFactory(member=True, display_name="Cleo Finch", handle="cleo-finch")

    sit_down(browser, site, administrator)
    open_account_menu(browser)
    follow(browser, "Roles", within="//header")
    follow(browser, "Give a role")
    fill(browser, q="cleo")
    push(browser, "Find")
    follow(browser, "Cleo Finch")
    tick(browser, "Administrator")
    push(browser, "Give or propose it")
    assert "say which is its last" in words(browser)
    day = timezone.now() + timedelta(days=100)
    browser.execute_script("document.getElementById('id_until').value = arguments[0]", f"{day:%Y-%m-%d}")
    fill(browser, reason="Keeps the office from January.")
    push(browser, "Give or propose it")
    assert "You proposed this: another officer decides." in words(browser)
    assert not RoleGrant.objects.filter(role="administrator", user__handle="cleo-finch").exists()

    sit_down(browser, site, director)
    open_account_menu(browser)
    follow(browser, "Roles", within="//header")
    assert "Keeps the office from January." in words(browser)
    push(browser, "Grant")
    grant = RoleGrant.objects.get(role="administrator", user__handle="cleo-finch")
    assert (grant.granted_by, grant.seconded_by) == (administrator, director)
    assert "by Ada Marsh and Bert Lowe" in words(browser)


def test_a_picture_and_a_block(site: Site, browser: Chrome, tmp_path: Path) -> None:
    me, other = UserFactory(member=True, display_name="Hester Quill"), UserFactory(member=True, display_name="Rude Neighbour")
    TopicFactory(title="What drips in your building?", author=other, body="Everything of yours.")
    sent = tmp_path / "me.jpg"
    Image.new("RGB", (900, 600), "darkslateblue").save(sent)

    sit_down(browser, site, me)
    open_account_menu(browser)
    follow(browser, "Your account", within="//header")
    follow(browser, "Your profile", within="//main")
    follow(browser, "Your picture", within="//main")
    browser.find_element(By.NAME, "picture").send_keys(str(sent))
    push(browser, "Use this picture")
    assert browser.find_elements(By.CSS_SELECTOR, "main .av.l img")
    assert browser.execute_script("return document.querySelector('main .av.l img').naturalWidth") == 192
    push(browser, "Delete my picture")
    assert not browser.find_elements(By.CSS_SELECTOR, "main .av.l img")

    follow(browser, "Home", within="//header")
    follow(browser, "What drips in your building?")
    follow(browser, "Rude Neighbour", within="//main")
    push(browser, "Block")
    follow(browser, "Posts by Rude")
    follow(browser, "What drips in your building?")
    assert "Everything of yours." not in words(browser)
    fold = browser.find_element(By.CSS_SELECTOR, "details.folded > summary")
    into_sight(browser, fold)
    fold.click()
    assert "Everything of yours." in words(browser)
    look(browser)
