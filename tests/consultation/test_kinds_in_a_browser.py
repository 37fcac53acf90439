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
from consultation.readers.questionnaires import questionnaire_of
from questions.kinds import KINDS
from tests.browser.driver import assert_page_is_sound, into_sight, press, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import a_draft, a_person, an_organiser, opened
from tests.forum.factories import CategoryFactory
from tests.journeys.test_by_keyboard import WORKED
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
            hint=f"A hint about {asked.key}.",
            required=asked.kind != "statement",
            choices=own,
            longest=asked.longest,
            settings=dict(asked.settings),
            by=by,
            at=now,
        )
    return opened(made, category=CategoryFactory(), by=by, at=now - timedelta(days=1))


def assert_named_and_told(browser: Chrome, told: list[str]) -> None:
    """As a screen reader has it: whatever can be worked has a name, and each of these sentences describes a control or its group."""
    seen = [node for node in browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"] if not node["ignored"]]
    said = [
        (node["role"]["value"], *(node.get(part, {}).get("value", "").strip() for part in ("name", "description")))
        for node in seen
    ]
    assert [role for role, name, _ in said if role in WORKED and not name] == []
    described = " ".join(description for *_, description in said)
    assert [each for each in told if each not in described] == []


def click(browser: Chrome, element: WebElement) -> None:
    into_sight(browser, element)
    element.click()


def test_every_type_is_sound_and_answered_on_a_phone(site: Site, browser: Chrome) -> None:
    consultation, member = all_kinds(), a_person()
    at = f"{site.url}/consultations/{consultation.slug}"
    sign_in(browser, site, member)
    for path, width, scheme in (("answer/3/", 1280, "dark"), ("answer/files/files/", 390, "dark"), ("answer/3/", 390, "light")):
        show(browser, width=width, scheme=scheme)
        browser.get(f"{at}/{path}")
        assert_page_is_sound(browser)
        if "files" not in path:
            assert_named_and_told(browser, [f"A hint about {asked.key}." for asked in NEW])
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


def test_each_control_has_a_name_and_what_is_wrong_is_tied_to_it(site: Site, browser: Chrome) -> None:
    consultation, member = all_kinds(), a_person()
    sign_in(browser, site, member)
    kinds = {asked.kind for asked in questionnaire_of(consultation.versions.get()).questions}
    assert kinds == set(KINDS), "all sixteen"
    for page, missing in ((1, ["purpose"]), (2, ["route-order"]), (3, [asked.key for asked in NEW if asked.kind != "statement"])):
        browser.get(f"{site.url}/consultations/{consultation.slug}/answer/{page}/")
        assert_named_and_told(browser, [])
        press(browser, browser.find_element(By.CSS_SELECTOR, ".go button[value=on]"))
        problems = [line.get_attribute("textContent") for line in browser.find_elements(By.CSS_SELECTOR, "main .error")]
        assert len(problems) >= len(missing)
        assert_named_and_told(browser, [" ".join(problem.split()) for problem in problems])
