"""Organisers ask whoever wrote an answer; the writer may say something to it; neither learns who the other is."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from common.verdicts import Refused
from consultation.actions.closing import close_what_is_due
from consultation.actions.inquiring import AskedEnough, NothingSaid, NotYours, TakenBackMeanwhile, answer_inquiry, ask_writer
from consultation.actions.questionnaire import add_question
from consultation.actions.writing import change_details
from consultation.models import Inquiry, Response
from consultation.permissions import can_ask_writers
from notifications.expander import expand_next
from notifications.models import Event, Notice
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    OPENED,
    a_confidential_one,
    a_draft,
    a_person,
    a_response,
    an_organisations_answer,
    an_organiser,
    one_for_others,
    opened,
)
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
LATER = AFTER_CLOSE + DAY


def a_closed_one(*, by, mode="confidential", writers=()):
    draft = change_details(a_draft(by=by), identity_mode=mode, by=by, at=BEGIN)
    consultation = opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    for number, writer in enumerate(writers):
        a_response(consultation, by=writer, consent="unnamed", why=f"Because of heron {number}.")
    close_what_is_due(at=AFTER_CLOSE)
    consultation.refresh_from_db()
    return consultation


def response_saying(words):
    return Response.objects.get(answers__value=words)


def test_is_not_asked_of_an_organisation_whose_answer_is_named():
    by = an_organiser()
    consultation = one_for_others(by=by)
    response = an_organisations_answer(consultation)
    close_what_is_due(at=AFTER_CLOSE)
    with pytest.raises(Refused, match="Members are asked here"):
        ask_writer(response, text="Which heron?", by=by, at=LATER)


def test_goes_from_the_page_of_one_answer_to_its_writers_own_page_and_back():
    by, writer, other = an_organiser(), a_person("Zebedee Quorndon"), a_person()
    consultation = a_closed_one(by=by, writers=(writer, other))
    desk, mine, theirs = Client(), Client(), Client()
    for client, user in ((desk, by), (mine, writer), (theirs, other)):
        client.force_login(user)
    answer = response_saying("Because of heron 0.").answers.get(question__key="why")
    decide = reverse("consultation:showing_decide", args=[consultation.slug, answer.handle])
    with time_machine.travel(LATER, tick=False):
        ask = re.search(r'href="([^"]+)"[^>]*>Ask its writer', desk.get(decide).content.decode())[1]
        assert "heron 0" in desk.get(ask).content.decode()
        assert desk.post(ask, {"text": "Which heron do you mean?"})["Location"] == decide
        while expand_next(at=LATER):
            pass
        receipt = reverse("consultation:receipt", args=[consultation.slug])
        page = mine.get(receipt).content.decode()
        assert "Which heron do you mean?" in page
        where = re.search(rf'href="(/consultations/{consultation.slug}/answer/questions/\d+/)"', page)[1]
        assert "Which heron" not in theirs.get(receipt).content.decode()
        assert "None is about your answer" in theirs.get(receipt).content.decode()
        assert (theirs.get(where).status_code, theirs.post(where, {"text": "I."}).status_code) == (404, 404)
        assert desk.get(where).status_code == 404
        assert by.display_name not in mine.get(where).content.decode().split("<main", 1)[1]
        assert mine.post(where, {"text": "The grey one."})["Location"] == receipt
        assert "The grey one." in mine.get(receipt).content.decode()
        assert "You answered this question." in mine.get(where).content.decode()
        for page in (decide, reverse("consultation:inquiries", args=[consultation.slug])):
            shown = desk.get(page).content.decode()
            assert "The grey one." in shown
            assert "Zebedee" not in shown


def test_everybody_who_answered_is_told_once_a_day_and_nothing_kept_leads_from_the_question_to_its_writer():
    by, writer, other, silent = an_organiser(), a_person(), a_person(), a_person()
    a_closed_one(by=by, writers=(writer, other))
    response = response_saying("Because of heron 0.")
    inquiry = ask_writer(response, text="Which heron?", by=by, at=LATER)
    ask_writer(response, text="And where?", by=by, at=LATER)
    while expand_next(at=LATER):
        pass
    told = Notice.objects.filter(kind="consultation.inquiry")
    assert set(told.values_list("user", flat=True)) == {writer.pk, other.pk}
    assert silent.pk
    event = Event.objects.get(kind="consultation.inquiry")
    assert (event.actor_id, set(event.data)) == (None, {"consultation", "day"})
    answer_inquiry(inquiry, text="The quillwort one.", by=writer, at=LATER + DAY / 3)
    entry = AuditEntry.objects.get(verb="consultation.answer_inquiry")
    assert entry.actor_id is None
    inquiry.refresh_from_db()
    assert inquiry.answered_at == entry.at
    assert inquiry.answered_at < LATER, "the day alone is kept"
    assert AuditEntry.objects.filter(verb="consultation.ask_writer", actor_id=by.pk).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM consultation_inquiry t")
        columns = set().union(*(re.findall(r'"(\w+)":', text) for (text,) in cursor.fetchall()))
    assert columns == {"id", "text", "asked_at", "answer", "answered_at", "asked_by_id", "response_id", "about_id"}


def test_a_named_one_tells_its_writer_alone():
    by, writer, other = an_organiser(), a_person(), a_person()
    a_closed_one(by=by, mode="named", writers=(writer, other))
    ask_writer(response_saying("Because of heron 0."), text="Which heron?", by=by, at=LATER)
    while expand_next(at=LATER):
        pass
    assert list(Notice.objects.filter(kind="consultation.inquiry").values_list("user", flat=True)) == [writer.pk]


def test_reaches_whoever_kept_their_answer_for_analysis_and_whoever_wrote_no_words_at_all():
    by, writer, silent = an_organiser(), a_person("Zebedee Quorndon"), a_person("Ottoline Vex")
    consultation, desk, reader = a_confidential_one(by=by), Client(), Client()
    desk.force_login(by)
    worded = a_response(consultation, by=writer, consent="analysis", why="Because of otters.")
    ticked = a_response(consultation, by=silent, why=None)
    close_what_is_due(at=AFTER_CLOSE)
    consultation.refresh_from_db()
    queue = reverse("consultation:showing", args=[consultation.slug])
    with time_machine.travel(LATER, tick=False):
        assert "otters" not in desk.get(queue).content.decode(), "nothing is decided about it"
        page = desk.get(f"{queue}?wait=analysis").content.decode()
        assert "Because of otters." in page
        assert "Zebedee" not in page
        ask = re.search(r'href="([^"]+)"[^>]*>Ask its writer', page)[1]
        assert desk.get(ask.removesuffix("question/")).status_code == 404, "nor is anything shown of it"
        assert desk.post(ask, {"text": "Which otters?"})["Location"] == f"{queue}?wait=analysis"
        asked = reverse("consultation:inquiries", args=[consultation.slug])
        by_reference = re.search(r'href="([^"]+)"[^>]*>Ask by reference', desk.get(asked).content.decode())[1]
        page = desk.post(by_reference, {"whose": "feedfeedfeedfeed", "text": "Why?"}).content.decode()
        assert "No answer that counts has this reference" in page
        assert desk.post(by_reference, {"whose": ticked.spelt_reference, "text": "Why the floor?"})["Location"] == asked
        for user, words in ((writer, "Which otters?"), (silent, "Why the floor?")):
            reader.force_login(user)
            assert words in reader.get(reverse("consultation:receipt", args=[consultation.slug])).content.decode()
        assert not {"Zebedee", "Ottoline"} & set(desk.get(asked).content.decode().split())
    assert set(Inquiry.objects.values_list("response", flat=True)) == {worded.pk, ticked.pk}


def test_only_its_writer_answers_and_nobody_is_asked_a_fourth_time():
    by, writer, other = an_organiser(), a_person(), a_person()
    a_closed_one(by=by, writers=(writer, other))
    response, other_one = response_saying("Because of heron 0."), response_saying("Because of heron 1.")
    first, *_ = [ask_writer(response, text=f"Question {number}?", by=by, at=LATER) for number in range(3)]
    with pytest.raises(AskedEnough):
        ask_writer(response, text="Once more?", by=by, at=LATER)
    for nothing in (
        lambda: ask_writer(other_one, text=" ", by=by, at=LATER),
        lambda: answer_inquiry(first, text="", by=writer, at=LATER),
    ):
        with pytest.raises(NothingSaid):
            nothing()
    with pytest.raises(NotYours):
        answer_inquiry(first, text="I was it.", by=other, at=LATER)
    assert Inquiry.objects.filter(answered_at=None).count() == 3


def test_what_is_asked_at_one_answer_neither_stands_nor_counts_at_another_of_the_same_writer():
    by, writer, desk = an_organiser(), a_person(), Client()
    draft = change_details(a_draft(by=by), identity_mode="confidential", by=by, at=BEGIN)
    page = draft.versions.get().pages.last()
    add_question(page, key="besides", kind="long_text", text="What else?", longest=200, by=by, at=BEGIN)
    consultation = opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    a_response(consultation, by=writer, consent="unnamed", why="Because of herons.", besides="Otters.")
    close_what_is_due(at=AFTER_CLOSE)
    response = Response.objects.get()
    why, besides = (response.answers.get(question__key=key) for key in ("why", "besides"))
    for number in range(3):
        ask_writer(why, text=f"Which heron{number}?", by=by, at=LATER)
        ask_writer(response, text=f"Which bittern{number}?", by=by, at=LATER)
    for enough in (why, response):
        with pytest.raises(AskedEnough):
            ask_writer(enough, text="Once more?", by=by, at=LATER)
    desk.force_login(by)
    with time_machine.travel(LATER, tick=False):
        for answer, heron in ((why, True), (besides, False)):
            for name in ("showing_decide", "ask_writer"):
                shown = desk.get(reverse(f"consultation:{name}", args=[consultation.slug, answer.handle])).content.decode()
                assert ("Which heron" in shown, "Which bittern" in shown) == (heron, False)
    assert ask_writer(besides, text="Which otter?", by=by, at=LATER).pk, "that three were asked at one tells nothing at another"


def test_a_second_click_asks_nothing_twice():
    by, writer = an_organiser(), a_person()
    a_closed_one(by=by, writers=(writer,))
    response = response_saying("Because of heron 0.")
    first = ask_writer(response, text="Which heron?", by=by, at=LATER)
    assert ask_writer(response, text=" Which heron? ", by=by, at=LATER) == first
    assert ask_writer(response, text="And where?", by=by, at=LATER) != first
    assert Inquiry.objects.count() == AuditEntry.objects.filter(verb="consultation.ask_writer").count() == 2


def test_who_took_their_answer_back_meanwhile_is_asked_nothing_and_the_organiser_is_told():
    by, writer = an_organiser(), a_person()
    a_closed_one(by=by, writers=(writer,))
    response = response_saying("Because of heron 0.")
    kept = Response.objects.get(pk=response.pk)
    kept.pk = 10**9  # as of a row that is gone
    with pytest.raises(TakenBackMeanwhile, match="taken back meanwhile"):
        ask_writer(kept, text="Which heron?", by=by, at=LATER)
    assert not Inquiry.objects.exists()


def test_nothing_is_asked_before_the_close_nor_of_ballots():
    by = an_organiser()
    draft = change_details(a_draft(by=by), identity_mode="confidential", by=by, at=BEGIN)
    assert "before the close" in can_ask_writers(by, opened(draft, category=CategoryFactory(), by=by, at=OPENED)).reason
    assert "leads from a ballot" in can_ask_writers(by, a_closed_one(by=by, mode="detached")).reason
    assert not can_ask_writers(a_person(), a_closed_one(by=by))
