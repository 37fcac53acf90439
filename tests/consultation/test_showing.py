"""What others read of what members wrote: only with consent, only after a person has read it, never counted by it."""

import re

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from common.models import AuditDetail
from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.publishing import publish_results
from consultation.actions.showing import (
    DecidedMeanwhile,
    NothingToRead,
    ReasonWanted,
    agree_on_showing,
    decide_again,
    keep_answer_back,
    show_answer,
)
from consultation.actions.submitting import submit_response
from consultation.models import Answer, Result, Showing
from consultation.readers.showing import as_others_will_see, how_many_to_decide, shown_responses, to_decide, written_in
from consultation.redaction import spans_of
from questions.definitions import Choice, Definition
from tests.consultation.factories import AFTER_CLOSE, FULL, WHILE_OPEN, a_person, an_open_one, an_organiser

pytestmark = pytest.mark.django_db
SECRET = "My colleague Wren Ashdown did it."
A_NAME = spans_of(SECRET, "Wren Ashdown", "third", "She is not a public person.")


@pytest.fixture
def organiser():
    return an_organiser()


@pytest.fixture
def second():
    return an_organiser()


@pytest.fixture
def asked(organiser):
    return an_open_one(by=organiser)


def send(asked, *, name="Ash Author", why=SECRET, consent="named", kept_back=()):
    member = a_person(name)
    save_answers(asked, FULL | {"why": why}, by=member, at=WHILE_OPEN)
    return submit_response(asked, by=member, at=WHILE_OPEN, consent=consent, kept_back=kept_back)


def worded(response):
    return response.answers.get(question__key="why")


def close(asked):
    close_what_is_due(at=AFTER_CLOSE)
    asked.refresh_from_db()


def publish(asked, organiser):
    publish_results(asked, by=organiser, at=AFTER_CLOSE)
    asked.refresh_from_db()


def as_seen_by(reader, path, **data):
    client = Client()
    if reader is not None:
        client.force_login(reader)
    return client.get(path, data)


def everything_public(asked):
    return as_seen_by(None, reverse("consultation:responses", args=[asked.slug])).content.decode()


def test_nobody_reads_an_answer_before_the_close(asked, organiser):
    answer = worded(send(asked))
    with pytest.raises(Refused, match="before the close"):
        show_answer(answer, by=organiser, at=WHILE_OPEN)
    assert as_seen_by(organiser, reverse("consultation:showing", args=[asked.slug])).status_code == 403


def test_everybody_reads_it_once_a_person_has_and_results_are_published(asked, organiser):
    response = send(asked, why="Most of us learnt this on the job.")
    close(asked)
    show_answer(worded(response), by=organiser, at=AFTER_CLOSE)
    assert as_seen_by(None, reverse("consultation:responses", args=[asked.slug])).status_code == 404
    publish(asked, organiser)
    page = everything_public(asked)
    assert "Most of us learnt this on the job." in page
    assert "Ash Author" in page
    assert "Guarantee a floor" in page


def test_what_nobody_has_read_is_not_shown(asked, organiser):
    send(asked)
    close(asked)
    publish(asked, organiser)
    page = everything_public(asked)
    assert SECRET not in page
    assert "Not shown yet" in page


@pytest.mark.parametrize("consent", ["unnamed", "analysis"])
def test_a_name_stands_there_only_where_its_bearer_said_so(asked, organiser, consent):
    response = send(asked, consent=consent)
    close(asked)
    if consent == "unnamed":
        show_answer(worded(response), by=organiser, at=AFTER_CLOSE)
    publish(asked, organiser)
    page = everything_public(asked)
    assert "Ash Author" not in page
    assert (SECRET in page) is (consent == "unnamed")


def test_one_answer_can_be_kept_for_analysis_alone(asked, organiser):
    response = send(asked, kept_back=["why"])
    close(asked)
    assert not to_decide(asked, "undecided").rows
    with pytest.raises(NothingToRead):
        show_answer(worded(response), by=organiser, at=AFTER_CLOSE)
    publish(asked, organiser)
    page = everything_public(asked)
    assert SECRET not in page
    assert "Kept back by its writer" in page


def test_words_are_taken_out_by_two_and_stay_in_the_answer(asked, organiser, second):
    response = send(asked)
    close(asked)
    showing = show_answer(worded(response), by=organiser, at=AFTER_CLOSE, spans=A_NAME)
    publish(asked, organiser)
    assert "Wren Ashdown" not in everything_public(asked)
    assert "did it" not in everything_public(asked)
    with pytest.raises(Refused, match="second organiser"):
        agree_on_showing(showing, by=organiser, at=AFTER_CLOSE)
    agree_on_showing(showing, by=second, at=AFTER_CLOSE)
    page = everything_public(asked)
    assert "My colleague [taken out: names somebody else] did it." in page
    assert "Wren Ashdown" not in page
    assert Answer.objects.get(pk=showing.answer_id).value == SECRET
    assert not any("Wren" in str(details) for details in AuditDetail.objects.values_list("details", flat=True))


def test_nothing_is_taken_out_without_a_reason_which_its_writer_and_the_second_organiser_read(asked, organiser, second):
    response = send(asked)
    close(asked)
    with pytest.raises(ReasonWanted):
        show_answer(worded(response), by=organiser, at=AFTER_CLOSE, spans=spans_of(SECRET, "Wren Ashdown", "third"))
    showing = show_answer(worded(response), by=organiser, at=AFTER_CLOSE, spans=A_NAME)
    why = "Names somebody else: She is not a public person."
    decided = reverse("consultation:showing_decide", args=[asked.slug, worded(response).handle])
    assert why in as_seen_by(second, decided).content.decode()
    run = reverse("consultation:run", args=[asked.slug])
    assert "passage" not in as_seen_by(None, run).content.decode(), "until two agree nothing is taken out"
    agree_on_showing(showing, by=second, at=AFTER_CLOSE)
    assert why in as_seen_by(response.user, reverse("consultation:shown_mine", args=[asked.slug])).content.decode()
    publish(asked, organiser)
    assert "public person" not in everything_public(asked)
    assert "1 passage (names somebody else)" in as_seen_by(None, run).content.decode()


def test_what_was_taken_out_is_not_found_by_searching(asked, organiser, second):
    response = send(asked)
    close(asked)
    showing = show_answer(worded(response), by=organiser, at=AFTER_CLOSE, spans=A_NAME)
    agree_on_showing(showing, by=second, at=AFTER_CLOSE)
    publish(asked, organiser)
    assert not shown_responses(asked, words="Ashdown").rows
    assert len(shown_responses(asked, words="colleague").rows) == 1
    assert not shown_responses(asked, words="colleague", question="purpose").rows


def test_its_writer_sees_how_it_will_look_and_why(asked, organiser, second):
    response = send(asked)
    close(asked)
    assert [one.state for one in as_others_will_see(response.user, asked).answers][-1] == "waits"
    showing = keep_answer_back(worded(response), reason="It tells of somebody’s illness.", by=organiser, at=AFTER_CLOSE)
    agree_on_showing(showing, by=second, at=AFTER_CLOSE)
    page = as_seen_by(response.user, reverse("consultation:shown_mine", args=[asked.slug])).content.decode()
    assert "It tells of somebody’s illness." in page
    publish(asked, organiser)
    assert "illness" not in everything_public(asked)


def test_a_second_organiser_who_does_not_agree_has_it_decided_again(asked, organiser, second):
    response = send(asked)
    close(asked)
    showing = keep_answer_back(worded(response), reason="No.", by=organiser, at=AFTER_CLOSE)
    assert (how_many_to_decide(asked).undecided, how_many_to_decide(asked).second) == (0, 1)
    decide_again(showing, by=second, at=AFTER_CLOSE)
    assert (how_many_to_decide(asked).undecided, how_many_to_decide(asked).second) == (1, 0)


def test_two_who_decide_at_once_do_not_overwrite_each_other(asked, organiser, second):
    answer = worded(send(asked))
    close(asked)
    show_answer(answer, by=organiser, at=AFTER_CLOSE)
    with pytest.raises(DecidedMeanwhile):
        keep_answer_back(answer, reason="No.", by=second, at=AFTER_CLOSE)


def test_the_database_refuses_the_same_person_twice(asked, organiser):
    answer = worded(send(asked))
    close(asked)
    showing = keep_answer_back(answer, reason="No.", by=organiser, at=AFTER_CLOSE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Showing.objects.filter(pk=showing.pk).update(agreed_by=organiser, agreed_at=AFTER_CLOSE)


def test_counts_never_depend_on_what_is_shown(asked, organiser):
    for consent in ("named", "unnamed", "analysis"):
        send(asked, consent=consent, kept_back=["why"] if consent == "unnamed" else ())
    close(asked)
    publish(asked, organiser)
    assert {(row.n, row.whole) for row in Result.objects.all()} == {(3, 3)}


def test_the_member_chooses_on_the_page_where_answers_are_checked(asked):
    member = a_person()
    save_answers(asked, FULL, by=member, at=WHILE_OPEN)
    client = Client()
    path = reverse("consultation:check", args=[asked.slug])
    with time_machine.travel(WHILE_OPEN, tick=False):
        client.force_login(member)
        page = client.get(path).content.decode()
        client.post(path, {"consent": "unnamed", "kept_back": ["why"]})
    assert re.search(r'value="analysis" checked', page)
    response = asked.responses.get()
    assert (response.consent, worded(response).kept_back) == ("unnamed", True)


def test_an_answer_of_any_kind_may_be_kept_for_analysis_and_counts_all_the_same(asked, organiser):
    member = a_person("Ash Author")
    save_answers(asked, FULL, by=member, at=WHILE_OPEN)
    with time_machine.travel(WHILE_OPEN, tick=False):
        page = as_seen_by(member, reverse("consultation:check", args=[asked.slug])).content.decode()
    assert set(re.findall(r'name="kept_back" value="([\w-]+)"', page)) == set(FULL), "each that was answered"
    submit_response(asked, by=member, at=WHILE_OPEN, consent="named", kept_back=["purpose", "route-order"])
    close(asked)
    publish(asked, organiser)
    (shown,) = shown_responses(asked).rows
    assert {one.asked.key: one.state for one in shown.answers if one.state == "own-wish"} == {
        "purpose": "own-wish",
        "route-order": "own-wish",
    }
    assert Result.objects.get(question__key="purpose").n == 1


def test_an_organiser_decides_on_the_page(asked, organiser):
    response = send(asked, why="Ring me on 07700 900123 about Wren.")
    close(asked)
    client = Client()
    client.force_login(organiser)
    path = reverse("consultation:showing_decide", args=[asked.slug, worded(response).handle])
    page = client.get(path).content.decode()
    assert "07700 900123" in page
    (found,) = re.findall(r'name="found" value="(\w+)"', page)
    wrong = client.post(path, {"decision": "show", "found": [found], "take_out": "Wren Ash", "category": "third", "seen": "0"})
    assert "does not stand in the answer" in wrong.content.decode()
    told = {"decision": "show", "found": [found], "take_out": "Wren", "category": "third", "seen": "0"}
    assert "Say why, in a sentence" in client.post(path, told).content.decode()
    client.post(path, told | {"reason": "Wren did not ask for this."})
    assert Showing.objects.get().text == "Ring me on [taken out: personal data] about [taken out: names somebody else]."


@pytest.mark.parametrize(
    ("kind", "settings", "value", "held"),
    [
        ("consent", {}, {"exam": {"stance": "object", "because": "Dr Ash sits on it"}}, True),
        ("consent", {}, {"exam": {"stance": "live"}}, False),
        ("single_choice", {"other": True}, {"other": "Dr Ash"}, True),
        ("single_choice", {"other": True}, "exam", False),
        ("several_choices", {"other": True}, ["exam", {"other": "Dr Ash"}], True),
    ],
)
def test_words_within_a_choice_are_read_by_a_person_first(kind, settings, value, held):
    choices = (Choice("exam", "An examination"), Choice("none", "Nothing"))
    text = written_in(Definition("q", kind, "Which?", choices=choices, settings=settings), value)
    assert ("Dr Ash" in text) is held
