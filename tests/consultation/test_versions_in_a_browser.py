"""The questions change while somebody has them open in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from consultation.models import DraftAnswer
from tests.browser.driver import assert_page_is_sound, press, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import a_new_version, a_person, an_open_one
from tests.consultation.test_versions import another_choice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_that_is_open_says_kindly_that_the_questions_changed_and_keeps_what_is_chosen(site: Site, browser: Chrome) -> None:
    now = timezone.now()
    consultation, member = an_open_one(at=now - timedelta(days=3)), a_person()
    sign_in(browser, site, member)
    show(browser, width=390)
    browser.get(f"{site.url}/consultations/{consultation.slug}/answer/1/")
    a_new_version(consultation, change=another_choice, at=now)
    browser.find_element(By.CSS_SELECTOR, "input[name=q-purpose][value=spur]").find_element(By.XPATH, "..").click()
    note = browser.find_element(By.ID, "answering-changed")
    WebDriverWait(browser, 20).until(lambda _: note.is_displayed())
    assert DraftAnswer.objects.get().question.version.number == 1, "kept with the question as it was"
    press(browser, note.find_element(By.TAG_NAME, "a"))
    told = WebDriverWait(browser, 20).until(lambda _: browser.find_element(By.XPATH, "//*[contains(., 'was changed since you')]"))
    assert "Help to get better" in browser.find_element(By.TAG_NAME, "main").text, told.text
    assert_page_is_sound(browser)
