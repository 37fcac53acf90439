"""Saving, sending, amending; and what happens when two things happen at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.holding import ConsultationClosed
from consultation.actions.pausing import pause_consultation
from consultation.actions.scheduling import open_what_is_due
from consultation.actions.submitting import IncompleteAnswers, NothingToSend, submit_response
from consultation.actions.withdrawing import withdraw_consultation
from consultation.models import Answer, Consultation, Draft, Response
from forum.models import Topic
from notifications.models import Event
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    FULL,
    WHILE_OPEN,
    a_draft,
    a_later_one,
    a_person,
    a_response,
    an_open_one,
    an_organiser,
)
from tests.locks import wait_until_somebody_waits_for_a_lock

MINUTE = timedelta(minutes=1)
COST_OF_SAVING = 10
"""Statements, the savepoint of the test included."""


def kept(draft):
    return {answer.question.key: answer.value for answer in draft.answers.select_related("question")}


def sent(response):
    return {answer.question.key: answer.value for answer in response.answers.select_related("question")}


@pytest.mark.django_db
class TestSaving:
    def test_keeps_each_answer_as_typed_even_where_it_could_not_be_sent(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {"why": "x" * 300}, by=by, at=WHILE_OPEN, page=2)
        draft = save_answers(consultation, {"purpose": "floor", "no-such": "x"}, by=by, at=WHILE_OPEN + MINUTE)
        assert kept(draft) == {"why": "x" * 300, "purpose": "floor"}
        assert (draft.page, draft.saved_at, draft.started_at) == (2, WHILE_OPEN + MINUTE, WHILE_OPEN)
        assert kept(save_answers(consultation, {"purpose": None}, by=by, at=WHILE_OPEN)) == {"why": "x" * 300}
        assert Draft.objects.count() == 1

    def test_what_was_overtaken_on_the_way_is_not_written_over_what_came_later(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {"why": "newer"}, by=by, at=WHILE_OPEN, writer="tab", sequence=5)
        draft = save_answers(consultation, {"why": "older"}, by=by, at=WHILE_OPEN, writer="tab", sequence=4)
        assert kept(draft) == {"why": "newer"}
        draft = save_answers(consultation, {"why": "phone"}, by=by, at=WHILE_OPEN, writer="phone", sequence=1)
        assert kept(draft) == {"why": "phone"}, "another device counts for itself"

    def test_costs_the_same_for_one_answer_and_for_a_whole_page(self, django_assert_num_queries):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {"value": "agree"}, by=by, at=WHILE_OPEN)
        for answers in ({"purpose": "floor"}, FULL):
            with django_assert_num_queries(COST_OF_SAVING):
                save_answers(consultation, answers, by=by, at=WHILE_OPEN)

    def test_nobody_but_members_answers_and_only_while_it_is_open(self):
        consultation = an_open_one()
        with pytest.raises(Refused, match="Members answer"):
            save_answers(consultation, FULL, by=a_person(role=None), at=WHILE_OPEN)
        for at in (consultation.closes_at, AFTER_CLOSE):
            with pytest.raises(ConsultationClosed, match="has closed"):
                save_answers(consultation, FULL, by=a_person(), at=at)
        with pytest.raises(ConsultationClosed, match="opens shortly"):
            save_answers(a_draft(), FULL, by=a_person(), at=WHILE_OPEN)
        assert not Draft.objects.exists()


@pytest.mark.django_db
class TestSending:
    def test_keeps_the_canonical_answers_and_the_facts_of_that_day(self):
        consultation = an_open_one()
        by = a_person(facts={"nation": "wales", "list_size": "5-10k", "job": "practice-manager", "years": "2-4"})
        response = a_response(consultation, by=by, why="  Words\r\nand more  ", value="agree")
        assert sent(response) == FULL | {"why": "Words\nand more"}
        assert (response.nation, response.list_size, response.revision, response.is_current) == ("wales", "5-10k", 1, True)
        assert not Draft.objects.exists()
        assert len(response.spelt_reference) == 19

    def test_says_for_each_question_what_to_do(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {"why": "x" * 201, "value": "agree"}, by=by, at=WHILE_OPEN)
        with pytest.raises(IncompleteAnswers) as refusal:
            submit_response(consultation, by=by, at=WHILE_OPEN)
        assert refusal.value.errors == {
            "purpose": "Choose one of the answers",
            "route-order": "Rank at least one, or say that you would rather not rank them",
            "why": "Shorten your answer by 1 character",
        }
        assert Draft.objects.exists()
        assert not Response.objects.exists()

    def test_leaves_optional_questions_without_a_row(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {"purpose": "none", "route-order": []}, by=by, at=WHILE_OPEN)
        assert sent(submit_response(consultation, by=by, at=WHILE_OPEN)) == {"purpose": "none", "route-order": []}

    def test_needs_something_to_send(self):
        with pytest.raises(NothingToSend):
            submit_response(an_open_one(), by=a_person(), at=WHILE_OPEN)

    def test_again_is_the_same_response(self):
        consultation, by = an_open_one(), a_person()
        first = a_response(consultation, by=by)
        assert submit_response(consultation, by=by, at=WHILE_OPEN + MINUTE) == first
        assert Response.objects.count() == 1

    def test_an_amendment_begins_from_what_was_sent_and_keeps_the_old_revision(self):
        consultation, by = an_open_one(), a_person()
        first = a_response(consultation, by=by)
        draft = save_answers(consultation, {"purpose": "spur"}, by=by, at=WHILE_OPEN + MINUTE)
        assert kept(draft) == FULL | {"purpose": "spur"}
        second = submit_response(consultation, by=by, at=WHILE_OPEN + 2 * MINUTE)
        first.refresh_from_db()
        assert (first.is_current, second.is_current, second.revision) == (False, True, 2)
        assert (sent(first)["purpose"], sent(second)["purpose"]) == ("floor", "spur")
        assert first.reference != second.reference

    def test_the_last_instant_counts_and_the_next_does_not(self):
        consultation, early, late = an_open_one(), a_person(), a_person()
        for by in (early, late):
            save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        submit_response(consultation, by=early, at=consultation.closes_at - timedelta(microseconds=1))
        with pytest.raises(ConsultationClosed):
            submit_response(consultation, by=late, at=consultation.closes_at)
        assert Draft.objects.filter(user=late).exists(), "what was saved is kept"

    def test_after_a_withdrawal_nothing_is_taken(self):
        organiser = an_organiser()
        consultation, by = an_open_one(by=organiser), a_person()
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        withdraw_consultation(consultation, reason="A mistake.", by=organiser, at=WHILE_OPEN)
        with pytest.raises(ConsultationClosed, match="withdrawn"):
            submit_response(consultation, by=by, at=WHILE_OPEN)


def at_once(*works):
    """Run each in a thread of its own, started together; gives results or exceptions in order."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        try:
            barrier.wait(10)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_clicks_at_once_send_one_response(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        results = at_once(*[lambda: submit_response(consultation, by=by, at=WHILE_OPEN)] * 4)
        assert {type(result) for result in results} == {Response}, results
        assert len({result.pk for result in results}) == 1
        assert (Response.objects.count(), Answer.objects.count()) == (1, len(FULL))

    def test_two_first_answers_at_once_make_one_draft_that_holds_both(self):
        consultation, by = an_open_one(), a_person()
        results = at_once(
            lambda: save_answers(consultation, {"purpose": "floor"}, by=by, at=WHILE_OPEN),
            lambda: save_answers(consultation, {"why": "Because."}, by=by, at=WHILE_OPEN),
        )
        assert {type(result) for result in results} == {Draft}, results
        assert kept(Draft.objects.get()) == {"purpose": "floor", "why": "Because."}

    def test_two_amendments_at_once_leave_one_current_response(self):
        consultation, by = an_open_one(), a_person()
        a_response(consultation, by=by)

        def amend(purpose):
            save_answers(consultation, {"purpose": purpose}, by=by, at=WHILE_OPEN)
            return submit_response(consultation, by=by, at=WHILE_OPEN)

        at_once(lambda: amend("spur"), lambda: amend("none"))
        revisions = list(Response.objects.order_by("revision").values_list("revision", "is_current"))
        assert revisions[-1][1] is True
        assert [current for _, current in revisions].count(True) == 1

    def test_the_closing_work_waits_for_an_answer_that_is_being_sent_and_counts_it(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        sending, may_commit = threading.Event(), threading.Event()

        def send_slowly():
            with transaction.atomic():
                response = submit_response(consultation, by=by, at=consultation.closes_at - timedelta(seconds=1))
                sending.set()
                assert may_commit.wait(10)
                return response

        def close():
            assert sending.wait(10)
            threading.Timer(0.3, may_commit.set).start()
            return close_what_is_due(at=consultation.closes_at)

        response, closed = at_once(send_slowly, close)
        assert isinstance(response, Response), response
        assert closed == 1
        assert consultation.transitions.last().note.startswith("1 response. Root ")

    def test_an_answer_that_comes_while_the_closing_work_is_done_is_refused(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        closing, may_commit = threading.Event(), threading.Event()

        def close_slowly():
            with transaction.atomic():
                closed = close_what_is_due(at=consultation.closes_at)
                closing.set()
                assert may_commit.wait(10)
                return closed

        def send():
            assert closing.wait(10)
            threading.Timer(0.3, may_commit.set).start()
            return submit_response(consultation, by=by, at=consultation.closes_at - timedelta(seconds=1))

        closed, refused = at_once(close_slowly, send)
        assert closed == 1
        assert isinstance(refused, ConsultationClosed), refused
        assert not Response.objects.exists()

    def test_who_saves_while_a_pause_waits_comes_behind_it_and_not_before_it_for_ever(self):
        organiser = an_organiser()
        consultation, first, second = an_open_one(by=organiser), a_person(), a_person()
        saving, may_commit, order = threading.Event(), threading.Event(), []

        def save_slowly():
            with transaction.atomic():
                save_answers(consultation, FULL, by=first, at=WHILE_OPEN)
                saving.set()
                assert may_commit.wait(10)
                order.append("the first saved")

        def pause():
            assert saving.wait(10)
            pause_consultation(consultation, note="A figure is wrong.", by=organiser, at=WHILE_OPEN)
            order.append("paused")

        def save_after():
            assert saving.wait(10)
            wait_until_somebody_waits_for_a_lock()
            threading.Timer(0.3, may_commit.set).start()
            save_answers(consultation, FULL, by=second, at=WHILE_OPEN)
            order.append("the second saved")

        at_once(save_slowly, pause, save_after)
        assert order[0] == "the first saved"
        assert sorted(order[1:]) == ["paused", "the second saved"]

    def test_the_closing_work_is_done_once_however_many_tick(self):
        consultation = an_open_one()
        results = at_once(*[lambda: close_what_is_due(at=AFTER_CLOSE)] * 4)
        assert sum(results) == 1, results
        assert consultation.transitions.filter(to_state="closed").count() == 1
        assert Consultation.objects.get().closed_at == AFTER_CLOSE

    def test_it_opens_once_however_many_tick(self):
        consultation = a_later_one("scheduled", by=an_organiser(), at=BEGIN)
        hour = consultation.opens_at
        results = at_once(*[lambda: open_what_is_due(at=hour)] * 4)
        assert sum(results) == 1, results
        assert consultation.transitions.filter(to_state="open").count() == 1
        assert Consultation.objects.get().opened_at == hour
        assert Topic.objects.count() == 1
        assert Event.objects.filter(kind="consultation.opened").count() == 1
