"""Answering for an organisation: together, named, apart from members, and for nobody who is not in."""

from dataclasses import replace

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from common.verdicts import Refused
from consultation.actions.answering import AnswersDiffer, save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.leaving import take_back_response
from consultation.actions.organisations import (
    CannotBeAsked,
    LastWhoMaySend,
    NameAlreadyThere,
    NotAsked,
    ask_colleague,
    begin_for_organisation,
    change_statement,
    join_colleagues,
    leave_colleagues,
    let_send,
    take_out_colleague,
)
from consultation.actions.publishing import publish_results
from consultation.actions.submitting import NameNotKept, submit_response
from consultation.keys import name_key
from consultation.models import (
    Colleague,
    Consultation,
    Departure,
    Draft,
    DraftAnswer,
    OtherBooks,
    OtherResult,
    Party,
    Response,
    Result,
)
from consultation.readers.answers import mark_of, paper_of
from consultation.readers.organisations import table_of
from consultation.readers.participation import Table, count_participation
from consultation.readers.seats import seat_at, seat_for
from consultation.readers.showing import shown_responses
from notifications.expander import expand_next
from notifications.models import Notice
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    FULL,
    THE_COMMITTEE,
    WHILE_OPEN,
    a_person,
    a_response,
    an_open_one,
    an_organisation,
    an_organisations_answer,
    an_organiser,
    one_for_others,
)
from tests.visibility.probes import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation() -> Consultation:
    return one_for_others()


class TestBeginning:
    def test_is_for_members_where_the_consultation_asks_organisations(self, consultation):
        with pytest.raises(Refused, match="not a member"):
            an_organisation(consultation, by=a_person(role=None))
        with pytest.raises(Refused, match="asks members, not organisations"):
            an_organisation(an_open_one(), by=a_person())

    def test_is_told_of_another_of_its_name_and_merges_nothing(self, consultation):
        first = an_organisation(consultation, by=a_person())
        same = replace(THE_COMMITTEE, name="the harbour LOCAL committee, Ltd.")
        with pytest.raises(NameAlreadyThere):
            begin_for_organisation(consultation, same, by=a_person(), at=WHILE_OPEN)
        second = begin_for_organisation(consultation, same, by=a_person(), at=WHILE_OPEN, is_another=True)
        assert second.pk != first.party.pk
        assert table_of(first.user, consultation, first.party.pk).namesakes == 1

    def test_compares_names_without_case_accents_and_forms(self):
        assert name_key("The Café Surgery, Ltd.") == name_key("cafe  surgery") == "cafe surgery"
        assert name_key("The Ltd") == "the ltd"

    def test_the_question_whether_organisations_answer_is_fixed_once_opened(self, consultation):
        with pytest.raises(DatabaseError, match="fixed once opened"), transaction.atomic():
            Consultation.objects.filter(pk=consultation.pk).update(for_organisations=False)

    def test_says_something_else_of_itself_by_whoever_may_send(self, consultation):
        colleague = a_person()
        seat = an_organisation(consultation, by=a_person(), colleagues=[colleague])
        changed = replace(THE_COMMITTEE, speaks_for=None, name="Harbour Committee")
        assert change_statement(seat, changed, by=seat.user, at=WHILE_OPEN).speaks_for is None
        with pytest.raises(Refused, match="who may send it"):
            change_statement(seat_at(seat.party, colleague), changed, by=colleague, at=WHILE_OPEN)


class TestColleagues:
    def test_are_in_once_they_say_yes_and_are_told_that_they_are_asked(self, consultation):
        person, seat = a_person(), an_organisation(consultation, by=a_person())
        ask_colleague(seat, person, by=seat.user, at=WHILE_OPEN)
        with time_machine.travel(WHILE_OPEN, tick=False):
            while expand_next(at=WHILE_OPEN):
                pass
            notice = Notice.objects.get(user=person, kind="consultation.colleague")
            page = signed_in(person).get(reverse("notifications:list")).content.decode()
        assert "Harbour Local Committee" in page
        assert notice.event.data == {"colleague": Colleague.objects.get(user=person).pk}
        assert seat_for(person, consultation, f"organisation-{seat.party.pk}") is None, "asked is not in"
        join_colleagues(seat.party, by=person, at=WHILE_OPEN)
        save_answers(consultation, {"why": "We know."}, by=seat_at(seat.party, person), at=WHILE_OPEN)
        assert DraftAnswer.objects.get().by == person

    def test_are_verified_members(self, consultation):
        seat = an_organisation(consultation, by=a_person())
        with pytest.raises(CannotBeAsked):
            ask_colleague(seat, a_person(role=None), by=seat.user, at=WHILE_OPEN)
        with pytest.raises(NotAsked):
            join_colleagues(seat.party, by=a_person(), at=WHILE_OPEN)

    def test_two_at_once_write_over_nothing(self, consultation):
        other = a_person("Bethan Second")
        seat = an_organisation(consultation, by=a_person("Anwen First"), colleagues=[other])
        second = seat_at(seat.party, other)
        asked = {each.key: each for each in paper_of(seat, consultation).questionnaire.questions}
        nothing = {"why": mark_of(asked["why"], None)}
        save_answers(consultation, {"why": "The first."}, by=seat, at=WHILE_OPEN, held=nothing, writer="one", sequence=1)
        with pytest.raises(AnswersDiffer, match="A colleague"):
            save_answers(consultation, {"why": "The second."}, by=second, at=WHILE_OPEN, held=nothing, writer="two", sequence=1)
        assert paper_of(second, consultation).given["why"] == "The first."
        save_answers(consultation, {"purpose": "floor"}, by=second, at=WHILE_OPEN)
        told = {row.asked.key: row.by for row in table_of(other, consultation, seat.party.pk).written if row.is_answered}
        assert told == {"why": seat.user, "purpose": other}

    def test_who_left_or_was_taken_out_comes_to_nothing_any_more(self, consultation):
        leaver, taken = a_person(), a_person()
        seat = an_organisation(consultation, by=a_person(), colleagues=[leaver, taken])
        leave_colleagues(seat.party, by=leaver, at=WHILE_OPEN)
        take_out_colleague(seat, Colleague.objects.get(user=taken), by=seat.user, at=WHILE_OPEN)
        for gone in (leaver, taken):
            before = seat_at(seat.party, gone)
            with pytest.raises(Refused, match="not among those"):
                save_answers(consultation, {"why": "Still here?"}, by=before, at=WHILE_OPEN)
            with pytest.raises(Refused, match="not among those"):
                submit_response(consultation, by=before, at=WHILE_OPEN)
            with pytest.raises(Refused):
                take_back_response(consultation, by=before, at=WHILE_OPEN)
            with pytest.raises(Refused):
                ask_colleague(before, a_person(), by=gone, at=WHILE_OPEN)
            assert table_of(gone, consultation, seat.party.pk) is None

    def test_may_send_only_where_they_are_let(self, consultation):
        colleague = a_person()
        seat = an_organisation(consultation, by=a_person(), colleagues=[colleague])
        theirs = seat_at(seat.party, colleague)
        save_answers(consultation, FULL, by=theirs, at=WHILE_OPEN)
        with pytest.raises(Refused, match="may send"):
            submit_response(consultation, by=theirs, at=WHILE_OPEN)
        with pytest.raises(LastWhoMaySend):
            leave_colleagues(seat.party, by=seat.user, at=WHILE_OPEN)
        let_send(seat, Colleague.objects.get(user=colleague), by=seat.user, at=WHILE_OPEN)
        leave_colleagues(seat.party, by=seat.user, at=WHILE_OPEN)
        assert submit_response(consultation, by=theirs, at=WHILE_OPEN).sent_by == colleague


class TestTheAnswer:
    def test_is_apart_from_the_members_own(self, consultation):
        person = a_person()
        own = a_response(consultation, by=person, why="Mine.")
        theirs = an_organisations_answer(consultation, by=person)
        assert (own.user, own.party, theirs.user, theirs.sent_by) == (person, None, None, person)
        assert theirs.party.name == "Harbour Local Committee"
        assert theirs.receipt.leaf

    def test_is_amended_with_every_revision_kept_and_one_current(self, consultation):
        first = an_organisations_answer(consultation)
        seat = seat_at(first.party, first.sent_by)
        save_answers(consultation, {"why": "Thought again."}, by=seat, at=WHILE_OPEN)
        second = submit_response(consultation, by=seat, at=WHILE_OPEN, consent="named")
        assert [row.is_current for row in Response.objects.order_by("revision")] == [False, True]
        assert second.revision == 2
        assert submit_response(consultation, by=seat, at=WHILE_OPEN) == second, "sent twice is sent once"

    def test_is_named_also_where_members_are_not(self):
        consultation = one_for_others(identity="confidential")
        own, theirs = a_response(consultation), an_organisations_answer(consultation)
        assert own.user is None
        assert theirs.party.name
        assert theirs.submitted_at == WHILE_OPEN
        with pytest.raises(NameNotKept, match="or not at all"):
            an_organisations_answer(consultation, consent="unnamed", name="Another")

    def test_the_draft_of_a_member_never_says_who_writes_it(self):
        consultation = one_for_others(identity="confidential")
        save_answers(consultation, FULL, by=a_person(), at=WHILE_OPEN)
        assert set(DraftAnswer.objects.values_list("by", "at")) == {(None, None)}
        with pytest.raises(DatabaseError, match="does not say who"), transaction.atomic():
            DraftAnswer.objects.update(at=WHILE_OPEN)

    def test_stays_in_its_own_consultation(self, consultation):
        seat, other = an_organisation(consultation, by=a_person()), an_open_one()
        version = other.versions.get()
        with pytest.raises(DatabaseError, match="its own consultation"), transaction.atomic():
            Draft.objects.create(version=version, party=seat.party, started_at=WHILE_OPEN, saved_at=WHILE_OPEN)

    def test_is_counted_apart_with_books_of_its_own(self, consultation):
        by = an_organiser()
        for _ in range(2):
            a_response(consultation)
        for number in range(6):
            sent = an_organisations_answer(consultation, name=f"Practice {number}", consent="named" if number else "analysis")
        close_what_is_due(at=AFTER_CLOSE)
        take_back_response(consultation, by=seat_at(sent.party, sent.sent_by), at=AFTER_CLOSE)
        assert Departure.objects.get().kind == "organisation"
        done = publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        assert done.responses_counted == 2
        assert done.root.size == 8
        assert (done.books.leaves, done.books.counted) == (2, 2)
        books = OtherBooks.objects.get()
        assert (books.leaves, books.withdrawn, books.counted) == (6, 1, 5)
        assert set(Result.objects.values_list("whole", flat=True)) == {2}
        assert set(OtherResult.objects.values_list("kind", "whole", "n")) == {("organisation", 5, 5)}
        named = [row for row in shown_responses(done).rows if row.kind]
        assert {row.name for row in named} == {f"Practice {number}" for number in range(1, 5)}

    def test_stands_apart_on_the_results_and_in_the_record(self, consultation, client):
        by = an_organiser()
        a_response(consultation)
        for number in range(5):
            an_organisations_answer(consultation, name=f"Practice {number}")
        assert count_participation(consultation, as_of=WHILE_OPEN + DAY).others == {"organisation": 5, "public": 0}
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        results, run = (
            client.get(reverse(f"consultation:{name}", args=[consultation.slug])).content.decode() for name in ("results", "run")
        )
        assert "5 organisations answered" in results
        assert "Practice 3" in results
        assert "5 of 5 answered this question" in results
        assert "1 of 1 answered this question" in results
        assert "Organisations: 5 − 0 taken back − 0 erased − 0 excluded = 5 counted." in run
        assert "Members: 1 − 0 taken back" in run

    def test_is_told_as_few_in_the_morning_where_fewer_than_five_answered(self, consultation):
        an_organisations_answer(consultation)
        table = count_participation(consultation, as_of=WHILE_OPEN + DAY)
        assert table.others == {"organisation": None, "public": 0}
        assert Table.of(table.as_dict()).others == table.others

    def test_is_not_told_where_fewer_than_five_answered(self, consultation):
        by = an_organiser()
        for number in range(4):
            an_organisations_answer(consultation, name=f"Practice {number}")
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        assert OtherBooks.objects.get().counted == 4
        assert not OtherResult.objects.exists()


class TestPages:
    @pytest.fixture(autouse=True)
    def _while_open(self):
        with time_machine.travel(WHILE_OPEN, tick=False):
            yield

    def test_lead_a_member_from_the_consultation_to_the_receipt(self, consultation):
        colleague = a_person("Bethan Second")
        first, second = signed_in(a_person("Anwen First")), signed_in(colleague)
        page = first.get(consultation.get_absolute_url()).content.decode()
        way, begin = (
            reverse(f"consultation:{name}", args=[consultation.slug]) for name in ("organisations", "begin_organisation")
        )
        assert way in page
        assert begin in first.get(way).content.decode()
        told = {"name": "Quay Surgery", "sort": "practice", "on_behalf_of": "the partners", "authority": "", "agreed": "We met"}
        refused = first.post(begin, told).content.decode()
        assert "We met" in refused
        assert "id_authority" in refused
        home = first.post(begin, told | {"authority": "Asked by them"}).headers["Location"]
        ask = reverse("consultation:ask_colleague", args=[consultation.slug, Party.objects.get().pk])
        assert "Bethan Second" in first.get(home, {"q": "bethan"}).content.decode()
        first.post(ask, {"handle": colleague.handle})
        assert "asks you to write this answer together" in second.get(home).content.decode()
        second.post(reverse("consultation:join_organisation", args=[consultation.slug, Party.objects.get().pk]))
        base = f"{consultation.get_absolute_url()}for/organisation-{Party.objects.get().pk}/answer/"
        answered = second.post(f"{base}1/", {"q-purpose": "floor", "q-value": "agree", "go": "on"})
        assert answered.headers["Location"] == f"{base}2/"
        second.post(f"{base}2/save/", {"q-route-order:portfolio": "1", "q-route-order:exam": "2", "asked": "route-order"})
        assert "For Quay Surgery" in second.get(f"{base}2/").content.decode()
        table = first.get(home).content.decode()
        assert "Bethan Second, " in table
        assert "A colleague who may send it" in second.get(f"{base}check/").content.decode()
        sent = first.post(f"{base}check/", {"consent": "named"})
        assert sent.headers["Location"] == f"{base}receipt/", sent.content.decode()[-3000:]
        receipt = second.get(f"{base}receipt/").content.decode()
        assert "The answer of Quay Surgery is in" in receipt
        assert "sent by Anwen First" in receipt
        assert second.get(f"{base}receipt/file/").json()["consultation"] == consultation.slug

    def test_are_not_found_by_a_stranger_an_organiser_or_a_visitor(self, consultation, client):
        seat = an_organisation(consultation, by=a_person())
        save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
        base = f"{consultation.get_absolute_url()}for/{seat.key}/answer/"
        pages = [
            reverse("consultation:organisation", args=[consultation.slug, seat.party.pk]),
            *(f"{base}{page}" for page in ("1/", "check/", "receipt/", "receipt/file/", "take-back/")),
        ]
        for person in (a_person(), an_organiser()):
            stranger = signed_in(person)
            assert {stranger.get(page).status_code for page in pages} == {404}
            assert stranger.post(f"{base}1/save/", {"q-why": "Mine now"}).status_code == 404
        assert {client.get(page).status_code for page in pages} == {302}
        assert seat_for(seat.user, an_open_one(title="Another one of ours"), seat.key) is None

    def test_offer_the_name_that_is_there_to_be_another_ones(self, consultation):
        an_organisation(consultation, by=a_person())
        begin = reverse("consultation:begin_organisation", args=[consultation.slug])
        client, told = signed_in(a_person()), {**vars_of(THE_COMMITTEE), "speaks_for": ""}
        page = client.post(begin, told).content.decode()
        assert "is_another" in page
        assert client.post(begin, told | {"is_another": "on"}).status_code == 302


def vars_of(statement):
    return {name: getattr(statement, name) for name in statement.__slots__}
