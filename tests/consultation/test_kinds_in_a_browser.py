"""Every type of question in a real browser: sound on a desk and on a phone, rows as cards, points told as they are shared out."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from consultation.actions.questionnaire import add_page, add_question
from consultation.models import Consultation, DraftAnswer
from tests.browser.driver import assert_page_is_sound, into_sight, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import a_draft, a_person, an_organiser, opened
from tests.forum.factories import CategoryFactory
from tests.questions.asked import NEW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def all_kinds() -> Consultation:
    """Open; its third page asks one of each."""
    by, now = an_organiser(), timezone.now()
    made = a_draft(by=by, at=now - timedelta(days=2))
    page = add_page(made, title="All of them", by=by, at=now)
    for asked in NEW:
        own = [] if asked.kind in {"statement", "agreement_scale"} else [(choice.key, choice.label) for choice in asked.choices]
        add_question(
            page,
            key=asked.key,
            kind=asked.kind,
            text=asked.text,
            choices=own,
            longest=asked.longest,
            settings=dict(asked.settings),
            by=by,
            at=now,
        )
    return opened(made, category=CategoryFactory(), by=by, at=now - timedelta(days=1))


def click(browser: Chrome, element: WebElement) -> None:
    into_sight(browser, element)
    element.click()


def test_every_type_is_sound_and_answered_on_a_phone(site: Site, browser: Chrome) -> None:
    consultation, member = all_kinds(), a_person()
    at = f"{site.url}/consultations/{consultation.slug}"
    sign_in(browser, site, member)
    for width, scheme in ((1280, "dark"), (390, "light")):
        show(browser, width=width, scheme=scheme)
        for path in ("questions/", "answer/files/files/", "answer/3/"):
            browser.get(f"{at}/{path}")
            assert_page_is_sound(browser)
    find = browser.find_element
    row, cell = find(By.CSS_SELECTOR, ".matrix tbody tr"), find(By.CSS_SELECTOR, ".matrix tbody td")
    assert cell.rect["width"] > 0.8 * row.rect["width"], "a card, one step below the other"
    often = find(By.ID, "question-rows:a:often")
    assert often.accessible_name == "Route a Often"
    click(browser, find(By.CSS_SELECTOR, "label[for='question-rows:a:often']"))
    left = find(By.CSS_SELECTOR, "[data-left]")
    find(By.ID, "question-points:a").send_keys("7")
    assert left.text == "3 of 10 points left"
    find(By.ID, "question-points:b").send_keys("4")
    assert left.text == "11 of 10 points shared out: 1 too many"
    find(By.ID, "question-points:b").send_keys("\b3")
    assert left.text == "All 10 points are shared out"
    click(browser, find(By.ID, "question-short"))
    kept = lambda key: DraftAnswer.objects.filter(question__key=key).values_list("value", flat=True).first()  # noqa: E731
    WebDriverWait(browser, 20).until(lambda _: kept("points") == {"a": "7", "b": "3"} and kept("rows") == {"a": "often"})
    show(browser, width=1280)
    step, rows = find(By.CSS_SELECTOR, ".matrix tbody td"), find(By.CSS_SELECTOR, ".matrix tbody tr")
    assert step.rect["width"] < 0.3 * rows.rect["width"], "a table where there is room"
