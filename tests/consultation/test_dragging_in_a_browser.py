"""Dragged by a real pointer: questions and pages of a draft, the choices of a ranking; by keys the buttons do the same."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from consultation.models import DraftAnswer, Page
from tests.browser.driver import assert_page_is_sound, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import a_draft, a_person, an_open_one, an_organiser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def carry(browser: Chrome, item: str, target: str, *, down: int = 0, keys: str = "") -> None:
    """By its grip onto another thing, `down` pixels below its middle; `keys` are pressed before it is let go."""
    grip = browser.find_element(By.CSS_SELECTOR, f"{item} .grip")
    browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", grip)
    chain = ActionChains(browser, duration=40).click_and_hold(grip).move_by_offset(0, 8)
    chain.move_to_element_with_offset(browser.find_element(By.CSS_SELECTOR, target), 0, down)
    (chain.send_keys(keys) if keys else chain).release().perform()


def until(browser: Chrome, holds) -> None:
    redrawn = [StaleElementReferenceException, ElementNotInteractableException]
    WebDriverWait(browser, 15, ignored_exceptions=redrawn).until(lambda _: holds())


def drawn_anew(browser: Chrome) -> None:
    """After a move; forgets that it was told, for the next one."""
    until(browser, lambda: browser.find_element(By.ID, "builder-status").get_attribute("textContent") == "Moved.")
    browser.execute_script("document.getElementById('builder-status').textContent = ''")


def written(version) -> list[tuple[str, list[str]]]:
    return [(page.key, [each.key for each in page.questions.all()]) for page in Page.objects.filter(version=version)]


def test_questions_and_pages_of_a_draft_are_put_where_they_are_dragged(site: Site, browser: Chrome) -> None:
    organiser = an_organiser()
    draft = a_draft(by=organiser)
    version = draft.versions.get()
    first, second = version.pages.all()
    value, order = first.questions.get(key="value"), second.questions.get(key="route-order")
    sign_in(browser, site, organiser)
    show(browser, width=1280)
    browser.get(f"{site.url}/consultations/{draft.slug}/edit/")
    carry(browser, f"#question-{value.pk}", f"#question-{order.pk}", keys=Keys.ESCAPE)
    assert not browser.find_elements(By.CSS_SELECTOR, ".carried, .dragging, .under"), "Escape leaves it where it was"
    tall = browser.find_element(By.ID, f"question-{order.pk}").rect["height"]
    carry(browser, f"#question-{value.pk}", f"#question-{order.pk}", down=int(tall / 3))
    until(browser, lambda: written(version) == [("purpose", ["purpose"]), ("routes", ["route-order", "value", "why"])])
    until(browser, lambda: browser.switch_to.active_element.get_attribute("id") == f"question-{value.pk}")
    drawn_anew(browser)
    carry(browser, f"#page-{second.pk} > .tools", f"#page-{first.pk} > h2")
    until(browser, lambda: [key for key, _ in written(version)] == ["routes", "purpose"])
    drawn_anew(browser)
    browser.find_element(By.ID, f"down-question-{order.pk}").send_keys(Keys.ENTER)
    drawn_anew(browser)
    assert written(version)[0] == ("routes", ["value", "route-order", "why"])
    options = list(draft.options.all())
    carry(browser, f"#option-{options[2].pk}", f"#option-{options[0].pk}", down=-8)
    drawn_anew(browser)
    assert [each.key for each in draft.options.all()] == ["appraisal", "exam", "portfolio"]
    browser.find_element(By.ID, f"down-options-{options[2].pk}").send_keys(Keys.ENTER)
    drawn_anew(browser)
    assert [each.key for each in draft.options.all()] == ["exam", "appraisal", "portfolio"]
    browser.find_element(By.ID, f"edit-question-{value.pk}").click()
    until(browser, lambda: browser.find_element(By.CSS_SELECTOR, ".inlined [name=hint]").send_keys("Typed.") is None)
    browser.find_element(By.ID, f"up-options-{options[2].pk}").send_keys(Keys.ENTER)
    until(browser, lambda: "before you go on" in browser.find_element(By.CSS_SELECTOR, ".inlined").text)
    assert browser.find_element(By.CSS_SELECTOR, ".inlined [name=hint]").get_attribute("value") == "Typed."
    value.__class__.objects.filter(pk=value.pk).update(hint="Somebody else's.")
    browser.find_element(By.CSS_SELECTOR, ".inlined [type=submit]").click()
    until(browser, lambda: "Somebody else's." in browser.find_element(By.CSS_SELECTOR, ".inlined .errors").text)
    assert browser.switch_to.active_element.get_attribute("class") == "errors"
    browser.find_element(By.CSS_SELECTOR, ".inlined [type=submit]").click()
    until(browser, lambda: value.__class__.objects.get(pk=value.pk).hint == "Typed.")
    assert_page_is_sound(browser)


def test_a_ranking_is_dragged_and_what_is_dropped_is_kept(site: Site, browser: Chrome) -> None:
    consultation = an_open_one(at=timezone.now() - timedelta(days=3))
    sign_in(browser, site, a_person())
    show(browser, width=390)
    browser.get(f"{site.url}/consultations/{consultation.slug}/answer/2/")
    kept = lambda: DraftAnswer.objects.filter(question__key="route-order").values_list("value", flat=True).first()  # noqa: E731
    browser.find_element(By.ID, "question-route-order:exam:add").send_keys(Keys.ENTER)
    until(browser, lambda: kept() == {"groups": [["exam"]], "abstain": False})
    until(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".rank li")) == 1)
    carry(browser, "[data-choice=portfolio]", "[data-choice=exam]", down=-15)
    until(browser, lambda: kept() == {"groups": [["portfolio"], ["exam"]], "abstain": False})
    status = browser.find_element(By.ID, "answering-status")
    until(browser, lambda: "now at place 1 of 2" in status.get_attribute("textContent"))
    carry(browser, "[data-choice=portfolio]", ".unranked")
    until(browser, lambda: kept() == {"groups": [["exam"]], "abstain": False})
    until(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".rank li")) == 1)
    assert_page_is_sound(browser)


@pytest.mark.parametrize("path", ["preview/2/", "preview/2/frame/"])
def test_a_preview_ranks_counts_and_clears_as_the_page_does_and_keeps_nothing(site: Site, browser: Chrome, path: str) -> None:
    organiser = an_organiser()
    draft = a_draft(by=organiser)
    sign_in(browser, site, organiser)
    show(browser, width=1280)
    where = f"{site.url}/consultations/{draft.slug}/{path}"
    browser.get(where)
    browser.execute_script("sessionStorage.clear()")  # of what was answered in this window before
    browser.find_element(By.ID, "question-why").send_keys("Because it shows real work.")
    assert browser.find_element(By.CSS_SELECTOR, "[data-counter]").text == "173 characters left"
    browser.find_element(By.ID, "question-route-order:exam:add").send_keys(Keys.ENTER)
    until(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".rank li")) == 1)
    carry(browser, "[data-choice='portfolio']", ".rank [data-choice='exam']", down=-8)
    until(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".rank li")) == 2)
    assert "A portfolio" in browser.find_element(By.CSS_SELECTOR, ".rank li").text
    assert browser.find_element(By.ID, "question-why").get_attribute("value") == "Because it shows real work.", "never left"
    told = browser.find_element(By.ID, "answering-status").get_attribute("textContent")
    assert told == "A portfolio of your own work is now at place 1 of 2"
    assert "Nothing you choose here is kept" in browser.find_element(By.CSS_SELECTOR, "[data-saved]").text
    assert_page_is_sound(browser)
    sent = browser.execute_script(
        "return performance.getEntriesByType('resource').filter((each) => each.initiatorType === 'fetch').map((each) => each.name)"
    )
    assert set(sent) == {where}, "but to the preview itself nothing is sent"
    assert browser.execute_script("return Object.keys(sessionStorage).filter((key) => key.startsWith('answer:'))") == []
    browser.get(where.replace("/2/", "/1/"))
    browser.find_element(By.CSS_SELECTOR, "label[for='question-purpose:spur']").click()
    browser.find_element(By.CSS_SELECTOR, ".clear button").click()
    assert browser.find_element(By.ID, "answering-status").get_attribute("textContent") == "Your answer is cleared."
    assert not browser.find_elements(By.CSS_SELECTOR, ".question input:checked")
    assert not DraftAnswer.objects.exists()
