"""Pages in the states that a walk by links does not meet: too late, with what is missing, with files, left out, taken out, changed."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from consultation.actions.answering import save_answers
from consultation.actions.audience import change_audience
from consultation.actions.closing import close_what_is_due
from consultation.actions.evidence import offer_evidence
from consultation.actions.excluding import agree_to_exclude, ask_to_exclude
from consultation.actions.files import add_answer_file
from consultation.actions.inquiring import answer_inquiry, ask_writer
from consultation.actions.questionnaire import add_question
from consultation.actions.showing import agree_on_showing, show_answer
from consultation.models import AnswerFile, Consultation
from consultation.readers.questionnaires import questionnaire_of
from consultation.redaction import spans_of
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from tests.browser.driver import assert_page_is_sound, axe_on_every_page, press, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import DAY, a_draft, a_person, a_response, an_organisation, an_organiser, opened
from tests.forum.factories import CategoryFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_files(by, at, *, title) -> Consultation:
    draft = change_audience(a_draft(by=by, at=at - DAY, title=title), organisations=True, by=by, at=at - DAY)
    page = draft.versions.get().pages.last()
    add_question(page, key="letter", kind="file", text="Your letter?", settings={"at_most": 2}, by=by, at=at - DAY)
    return opened(draft, category=CategoryFactory(), by=by, at=at)


def a_file(consultation, *, by, at, name="letter.txt"):
    asked = next(one for one in questionnaire_of(consultation.versions.get()).questions if one.key == "letter")
    add_answer_file(consultation, asked, name=name, data=f"A letter, {name}.".encode(), by=by, at=at)


def test_pages_are_sound_in_the_states_that_no_walk_meets(site: Site, browser: Chrome, settings, tmp_path) -> None:
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path), "base_url": None}}
    }
    now, by, second = timezone.now(), an_organiser(), an_organiser()
    member, late, left_out, asked = (a_person(f"Person {place}") for place in range(4))
    taking, over = with_files(by, now - DAY, title="It takes answers"), with_files(by, now - 50 * DAY, title="It took answers")
    then = now - 49 * DAY

    save_answers(taking, {"value": "agree"}, by=member, at=now)
    a_file(taking, by=member, at=now)
    a_file(taking, by=member, at=now, name="second.txt")
    AnswerFile.objects.filter(name="second.txt").update(harmful=True)
    seat = an_organisation(taking, by=member, at=now)
    a_file(taking, by=seat, at=now)
    post = reply_to_topic(taking.topic, by=member, body="It took me ninety hours.", at=now - timedelta(hours=2))
    offer_evidence(taking, post, "why", by=member, at=now - timedelta(hours=1))
    edit_post(post, by=member, body="It took me nine hours.", note="Counted again", at=now)

    save_answers(over, {"value": "agree"}, by=late, at=then)
    excluded = a_response(over, by=left_out, at=then, consent="unnamed")
    a_file(over, by=asked, at=then)
    sent = a_response(over, by=asked, at=then, consent="named", why="Wren Ashdown did it.")
    close_what_is_due(at=now)
    agree_to_exclude(ask_to_exclude(excluded, reason="Sent twice.", by=by, at=now), by=second, at=now)
    ask_to_exclude(sent, reason="Not one of those asked.", by=by, at=now)
    answer_inquiry(ask_writer(sent, text="Who is Wren?", by=by, at=now), text="A colleague.", by=asked, at=now)
    words = sent.answers.get(question__key="why")
    spans = spans_of(words.value, "Wren Ashdown", "third", "Nobody’s business.")
    agree_on_showing(show_answer(words, by=by, at=now, spans=spans), by=second, at=now)

    places = [
        (member, taking, "answer/files/letter/", "second.txt"),
        (member, taking, f"for/organisation-{seat.party.pk}/answer/files/letter/", "letter.txt"),
        (late, over, "answer/1/", "Your answer was not sent"),
        (left_out, over, "answer/receipt/", "Your answer is not counted"),
        (asked, over, "answer/receipt/", "Who is Wren?"),
        (asked, over, "answer/shown/", "Nobody’s business."),
        (a_person(), taking, "evidence/", "ninety hours"),
        (second, over, "files/", "letter.txt"),
        (second, over, "exclusions/", "Not one of those asked."),
        (second, over, f"showing/{words.handle}/", "Nobody’s business."),
    ]
    with axe_on_every_page(browser):
        for person, consultation, path, told in places:
            sign_in(browser, site, person)
            browser.get(f"{site.url}/consultations/{consultation.slug}/{path}")
            assert told in browser.find_element(By.TAG_NAME, "main").text, path
            assert_it_is_sound(browser)
        sign_in(browser, site, member)
        browser.get(f"{site.url}/consultations/{taking.slug}/answer/check/")
        press(browser, browser.find_element(By.XPATH, "//button[normalize-space(.)='Send my answer']"))
        assert browser.title.startswith("Error: ")
        assert_it_is_sound(browser)
        assert_what_another_window_wrote_can_be_read(site, browser, taking, member)


def assert_what_another_window_wrote_can_be_read(site: Site, browser: Chrome, taking: Consultation, member) -> None:
    show(browser, width=390)
    browser.get(f"{site.url}/consultations/{taking.slug}/answer/1/")
    save_answers(taking, {"purpose": "spur"}, by=member, at=timezone.now())
    browser.find_element(By.CSS_SELECTOR, "label[for='question-purpose:floor']").click()
    told = browser.find_element(By.ID, "saved")
    WebDriverWait(browser, 20).until(lambda _: told.text == "Not saved: changed elsewhere")
    assert not [tick for tick in told.find_elements(By.TAG_NAME, "svg") if tick.is_displayed()], (
        "no tick beside what is not saved"
    )
    press(browser, browser.find_element(By.CSS_SELECTOR, ".go button[value=on]"))
    (there,) = browser.find_elements(By.CSS_SELECTOR, ".note.due dd")
    assert there.text == "Help to get better"
    assert there.rect["height"] < 60, "on a line, and not a letter on each"
    assert_it_is_sound(browser, expected="status of 409")
    for cookie, told in (
        (settings.CSRF_COOKIE_NAME, "page was open too long"),
        (settings.SESSION_COOKIE_NAME, "signed out meanwhile"),
    ):
        browser.get(f"{site.url}/consultations/{taking.slug}/answer/2/")
        browser.execute_script("document.querySelector('form[data-autosave]').removeAttribute('data-autosave')")
        browser.find_element(By.ID, "question-why").send_keys("Typed for nothing?")
        browser.delete_cookie(cookie)
        press(browser, browser.find_element(By.CSS_SELECTOR, ".go button[value=on]"))
        assert told in browser.find_element(By.TAG_NAME, "main").text
        assert "Typed for nothing?" in browser.page_source
        assert_it_is_sound(browser, expected="status of 40[39]")


def assert_it_is_sound(browser: Chrome, *, expected: str = r"(?!)") -> None:
    for width, scheme in ((1280, "light"), (390, "dark")):
        show(browser, width=width, scheme=scheme)
        assert_page_is_sound(browser, expected=expected)
