"""The PDF of one's own answer: whose it is, what is on it, and what is not."""

import json

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultation.models import Response
from consultation.printing import told_of
from consultation.readers.answers import as_sent, lines_of, paper_of
from tests.consultation.factories import WHILE_OPEN, a_confidential_one, a_person, a_response, an_open_one

pytestmark = pytest.mark.django_db


def paper_for(consultation, person):
    client = Client()
    client.force_login(person)
    with time_machine.travel(WHILE_OPEN, tick=False):
        return client.get(reverse("consultation:answer_paper", args=[consultation.slug]))


def told(consultation, person):
    paper = paper_of(person, consultation)
    return told_of(paper.response, lines_of(as_sent(paper, person)), holds=True, at=WHILE_OPEN)


def test_whoever_answered_downloads_it_and_nobody_keeps_it_on_the_way():
    consultation, member = an_open_one(), a_person()
    a_response(consultation, by=member)
    answer = paper_for(consultation, member)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="answer-{consultation.slug}.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")
    with time_machine.travel(WHILE_OPEN, tick=False):
        client = Client()
        client.force_login(member)
        page = client.get(reverse("consultation:receipt", args=[consultation.slug])).content.decode()
    assert reverse("consultation:answer_paper", args=[consultation.slug]) in page


def test_whoever_did_not_answer_finds_none():
    consultation = an_open_one()
    a_response(consultation)
    assert paper_for(consultation, a_person("Somebody Else")).status_code == 404


def test_it_says_what_the_page_of_the_receipt_says():
    consultation, member = an_open_one(), a_person("Anwen Tester")
    a_response(consultation, by=member)
    on_it = told(consultation, member)
    response = Response.objects.get()
    assert on_it["reference"] == response.spelt_reference
    assert on_it["lede"][0].startswith("Anwen Tester answered on ")
    paper = paper_of(member, consultation)
    assert [each["question"] for each in on_it["answers"]] == [asked.text for asked in paper.questionnaire.questions]
    assert any(each["lines"] for each in on_it["answers"])


def test_of_a_confidential_answer_it_holds_neither_a_name_nor_an_hour():
    consultation, member = a_confidential_one(), a_person("Anwen Tester")
    a_response(consultation, by=member)
    on_it = json.dumps(told(consultation, member), ensure_ascii=False)
    assert "Anwen" not in on_it
    assert member.handle not in on_it
    assert "the hour is not kept, nor your name" in on_it
    assert "London time" not in on_it


def test_it_warns_where_what_is_kept_is_not_what_was_sent():
    consultation, member = an_open_one(), a_person()
    a_response(consultation, by=member)
    paper = paper_of(member, consultation)
    assert told_of(paper.response, [], holds=False, at=WHILE_OPEN)["warning"].startswith("What is kept is not what you sent")
