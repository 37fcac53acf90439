"""What was typed when the session had ended, or the form had gone stale, comes back to who typed it and lies nowhere."""

import logging
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from consultation.models import Draft, DraftAnswer
from tests.consultation.factories import a_detached_one, a_person, an_open_one
from tests.consultation.pages import address, client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_it_is_open")]
TYPED = {
    "version": "1",
    "asked": "route-order why",
    "q-route-order:portfolio": "1",
    "q-route-order:exam": "2",
    "q-route-order:appraisal": "",
    "q-why": 'Nobody has "time".',
    "go": "on",
}
HERE = {"HTTP_ORIGIN": "http://testserver"}


def hidden_in(response):
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text_of(response))
    return {name: value.replace("&quot;", '"') for name, value in fields}


@pytest.mark.parametrize("make", [an_open_one, a_detached_one])
def test_a_page_sent_after_the_session_ended_comes_back_and_is_kept_once_signed_in(make, caplog):
    member = a_person()
    consultation = make()
    page = address("page", consultation.slug, 2)
    with caplog.at_level(logging.DEBUG):
        sent = Client().post(page, TYPED)
    told = text_of(sent)
    assert sent.status_code == 403 and "no-store" in sent["Cache-Control"]
    assert "What you wrote is not kept yet" in told and "Nobody has &quot;time&quot;." in told
    assert re.search("portfolio.*written examination", told, re.DOTALL), "the ranking in words"
    assert not Session.objects.exists() and not Draft.objects.exists()
    assert "Nobody has" not in caplog.text
    again = client_of(member).post(page, hidden_in(sent) | {"go": "on"})
    assert again["Location"].endswith("/answer/check/")
    if make is an_open_one:
        kept = dict(DraftAnswer.objects.values_list("question__key", "value"))
        assert kept == {"route-order": {"groups": [["portfolio"], ["exam"]], "abstain": False}, "why": 'Nobody has "time".'}


def test_who_typed_nothing_is_led_to_sign_in():
    page = address("page", an_open_one().slug, 2)
    assert "/login/" in Client().post(page, {"go": "on"})["Location"]


def test_a_form_that_had_gone_stale_comes_back_with_what_was_typed_and_nothing_is_kept():
    consultation, member = an_open_one(), a_person()
    page = address("page", consultation.slug, 2)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member)
    sent = strict.post(page, TYPED, **HERE)
    told = text_of(sent)
    assert sent.status_code == 403 and "press Continue to keep it" in told and "data-stale" in told
    assert "Nobody has &quot;time&quot;." in told and not Draft.objects.exists()
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', told)[1]
    assert strict.post(page, TYPED | {"csrfmiddlewaretoken": token}, **HERE).status_code == 302
    assert DraftAnswer.objects.filter(question__key="why").exists()


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://elsewhere.example"}])
def test_another_site_puts_no_words_into_a_page(origin):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(a_person())
    sent = strict.post(address("page", an_open_one().slug, 2), TYPED, **origin)
    assert sent.status_code == 403 and "Nobody has" not in text_of(sent)


def test_the_script_learns_which_sending_was_kept():
    consultation = an_open_one()
    page = address("page", consultation.slug, 2)
    client = client_of(a_person())
    client.post(page, TYPED | {"writer": "a1b2", "sequence": "7"})
    assert client.cookies["plenary_answers_kept"].value == "a1b2.7"
    assert client.cookies["plenary_answers_kept"]["path"] == page.removesuffix("2/")
    bad = client_of(a_person()).post(page, TYPED | {"writer": "no; path=/", "sequence": "7"})
    assert "plenary_answers_kept" not in bad.cookies
