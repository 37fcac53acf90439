"""A detached consultation: who took part stands in one table, what was sent in another, and nothing leads from one to the other."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.models import User
from common.models import AuditEntry
from common.verdicts import Refused
from consultation.actions import mixing
from consultation.actions.answering import AnswersDiffer, save_answers
from consultation.actions.audience import change_audience
from consultation.actions.books import BooksDoNotBalance
from consultation.actions.casting import cast_ballot
from consultation.actions.closing import close_what_is_due
from consultation.actions.conditions import set_condition
from consultation.actions.holding import ConsultationClosed
from consultation.actions.leaving import erase_responses_of
from consultation.actions.mixing import mix_what_is_due, open_the_box
from consultation.actions.participation import publish_participation
from consultation.actions.publishing import publish_results
from consultation.actions.questionnaire import add_question
from consultation.actions.reviewing import NotReadyForReview
from consultation.actions.sealing import MOST_BEGUN, TooMuchToKeep, TooOftenBegun, seal_answers
from consultation.actions.submitting import IncompleteAnswers, NothingToSend
from consultation.actions.withdrawing import withdraw_consultation
from consultation.actions.writing import change_details
from consultation.confidentiality import FACTS as FACT_NAMES
from consultation.detachment import BATCH, LEAST_TOGETHER, new_key
from consultation.effects import Opened, Published
from consultation.forms import DetailsForm
from consultation.models import Ballot, BallotBox, Consultation, Draft, Ledger, Party, Result, SealedDraft, Version
from consultation.notices import Closing
from consultation.paths.conditions import condition_of
from consultation.permissions import can_ask_others, can_take_back
from consultation.proof.merkle import root as root_over
from consultation.readers.answers import mark_of
from consultation.readers.ballots import begun_by
from consultation.readers.fairness import run_of
from consultation.readers.participation import latest_figures
from consultation.readers.questionnaires import questionnaire_of
from consultation.readers.receipts import leaves_of, root_of
from consultation.readers.steps import desk_of
from consultation.readers.words import worded_on_ballots
from consultation.step_forms import AudienceForm
from notifications.expander import expand_next
from notifications.models import Event, Notice
from notifications.readers import texts_of
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    FULL,
    OPENED,
    WHILE_OPEN,
    a_ballot,
    a_detached_draft,
    a_detached_one,
    a_draft,
    a_person,
    an_entry,
    an_open_one,
    an_organiser,
    opened,
)
from tests.consultation.pages import address, client_of, text_of
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
FACTS = {"nation": "wales", "list_size": "5-10k", "job": "practice-manager", "years": "5-9"}


class TestTheMember:
    def test_writes_in_one_browser_sends_once_and_is_told_that_it_is_in(self):
        member, key = a_person(), new_key()
        consultation = a_detached_one()
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=key, page=2)
        seal_answers(consultation, {"why": "Another thought."}, by=member, at=WHILE_OPEN, key=key)
        begun = begun_by(member.pk, consultation, key)
        assert (begun.page, begun.given["why"], begun.given["purpose"]) == (2, "Another thought.", "floor")
        assert cast_ballot(consultation, by=member, at=WHILE_OPEN, key=key)
        assert not cast_ballot(consultation, by=member, at=WHILE_OPEN, key=key), "twice sends one"
        assert Ballot.objects.count() == 1
        assert Ledger.objects.get(user=member).took_part
        assert not SealedDraft.objects.exists()
        assert not Draft.objects.exists()
        for again in (key, new_key()):
            with pytest.raises(Exception, match="Your ballot is in"):
                seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=again)

    def test_begins_anew_in_another_browser_and_meets_nobody_in_the_same_one(self):
        member, other, key = a_person(), a_person(), new_key()
        consultation = a_detached_one()
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=key)
        assert begun_by(member.pk, consultation, new_key()) is None
        assert begun_by(other.pk, consultation, key) is None
        assert begun_by(member.pk, consultation, None) is None
        with pytest.raises(NothingToSend):
            cast_ballot(consultation, by=other, at=WHILE_OPEN, key=key)

    def test_begins_anew_where_what_was_kept_does_not_open(self):
        member, key = a_person(), new_key()
        consultation = a_detached_one()
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=key)
        SealedDraft.objects.update(sealed=bytes(2_000))
        assert begun_by(member.pk, consultation, key) is None
        seal_answers(consultation, {"purpose": "spur"}, by=member, at=WHILE_OPEN, key=key)
        assert begun_by(member.pk, consultation, key).given == {"purpose": "spur"}

    def test_has_nothing_written_over_that_another_window_changed(self):
        member, key = a_person(), new_key()
        consultation = a_detached_one()
        asked = next(each for each in questionnaire_of(consultation.versions.get()).questions if each.key == "why")
        seal_answers(consultation, {"why": "First."}, by=member, at=WHILE_OPEN, key=key, writer="a", sequence=1)
        seal_answers(consultation, {"why": "Second."}, by=member, at=WHILE_OPEN, key=key, writer="b", sequence=1)
        held = {"why": mark_of(asked, "First."), "value": mark_of(asked, None)}
        with pytest.raises(AnswersDiffer) as found:
            seal_answers(
                consultation, {"why": "Third.", "value": "agree"}, by=member, at=WHILE_OPEN, key=key, writer="c", held=held
            )
        assert found.value.stored == {"why": "Second."}
        assert begun_by(member.pk, consultation, key).given == {"why": "Second.", "value": "agree"}

    def test_is_told_what_is_missing_and_leaves_neither_mark_nor_ballot(self):
        member, key = a_person(), new_key()
        consultation = a_detached_one()
        seal_answers(consultation, {"purpose": "floor"}, by=member, at=WHILE_OPEN, key=key)
        with pytest.raises(IncompleteAnswers):
            cast_ballot(consultation, by=member, at=WHILE_OPEN, key=key)
        assert not Ballot.objects.exists()
        assert not Ledger.objects.filter(took_part=True).exists()
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=key)
        with pytest.raises(ConsultationClosed):
            cast_ballot(consultation, by=member, at=AFTER_CLOSE, key=key)

    def test_cannot_keep_without_end(self):
        member = a_person()
        consultation = a_detached_one()
        with pytest.raises(TooMuchToKeep):
            seal_answers(consultation, {"why": "x" * 300_000}, by=member, at=WHILE_OPEN, key=new_key())
        assert not SealedDraft.objects.exists()

    def test_begins_in_twenty_browsers_a_day(self):
        member, another = a_person(), a_person()
        consultation, first = a_detached_one(), new_key()
        cache.clear()
        for key in (first, *(new_key() for _ in range(MOST_BEGUN - 1))):
            seal_answers(consultation, {"purpose": "floor"}, by=member, at=WHILE_OPEN, key=key)
        with pytest.raises(TooOftenBegun):
            seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=new_key())
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=first)
        seal_answers(consultation, FULL, by=another, at=WHILE_OPEN, key=new_key())
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN + DAY, key=new_key())

    def test_who_joined_later_answers_from_the_next_morning(self):
        consultation = a_detached_one()
        late = a_person()
        with pytest.raises(Exception, match="added to every morning"):
            seal_answers(consultation, FULL, by=late, at=WHILE_OPEN, key=new_key())
        publish_participation(at=WHILE_OPEN + timedelta(hours=2))
        a_ballot(consultation, by=late, at=WHILE_OPEN + DAY)
        assert Ledger.objects.get(user=late).took_part

    def test_is_asked_once_more_while_silent_and_told_of_the_results_when_not(self):
        sent, silent = a_person(), a_person()
        by = an_organiser()
        consultation = a_detached_one(by=by)
        a_ballot(consultation, by=sent)
        event = Event(data={"consultation": consultation.pk})
        assert [each.user_id for each in Opened().people(event, after=0, limit=10)] == [silent.pk]
        assert not Closing()._asks(sent, consultation, WHILE_OPEN)
        assert Closing()._asks(silent, consultation, WHILE_OPEN)
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        assert [each.user_id for each in Published().people(event, after=0, limit=10)] == [sent.pk]
        assert not can_take_back(sent, consultation, AFTER_CLOSE)


class TestTheSubmission:
    def test_leaves_both_or_neither_whatever_statement_it_dies_at(self):
        member, key = a_person(), new_key()
        consultation = a_detached_one()
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=key)

        class Died(Exception):
            pass

        def dies_at(number, seen):
            def wrapper(execute, sql, params, many, context):
                if "SAVEPOINT" in sql:  # of the test's own transaction
                    return execute(sql, params, many, context)
                seen.append(sql)
                if len(seen) == number:
                    raise Died(sql)
                return execute(sql, params, many, context)

            return wrapper

        for number in range(1, 60):
            seen = []
            try:
                with connection.execute_wrapper(dies_at(number, seen)):
                    cast_ballot(consultation, by=member, at=WHILE_OPEN, key=key)
                break
            except Died:
                assert not Ballot.objects.exists(), seen[-1]
                assert not Ledger.objects.filter(took_part=True).exists(), seen[-1]
                assert begun_by(member.pk, consultation, key) is not None, seen[-1]
        told = " ".join(seen)
        assert "UPDATE" in told
        assert "INSERT" in told
        assert "DELETE" in told
        assert len(seen) == number - 1 >= 8, "every statement was one to die at"
        assert (Ballot.objects.count(), Ledger.objects.filter(took_part=True).count()) == (1, 1)

    def test_writes_ledger_ballot_and_draft_and_nothing_else(self):
        member, key = a_person(facts=FACTS), new_key()
        consultation = a_detached_one()
        seal_answers(consultation, FULL, by=member, at=WHILE_OPEN, key=key)
        seen = []

        def wrapper(execute, sql, params, many, context):
            seen.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wrapper):
            cast_ballot(consultation, by=member, at=WHILE_OPEN, key=key)
        written = [sql.split('"')[1] for sql in seen if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert written == ["consultation_ledger", "consultation_ballot", "consultation_sealeddraft"]
        locks = [sql for sql in seen if "FOR UPDATE" in sql or "FOR NO KEY UPDATE" in sql]
        assert [re.search(r'FROM "(\w+)"', sql)[1] for sql in locks] == ["consultation_ledger"], (
            "no lock of another row of theirs"
        )


class TestTheDatabase:
    def test_refuses_everything_but_one_mark_and_one_sealed_ballot(self):
        member = a_person()
        consultation = a_detached_one()
        a_ballot(consultation, by=member)
        ledger, ballots = Ledger.objects.filter(user=member), Ballot.objects.all()
        for change in (
            lambda: ledger.update(took_part=False),
            ledger.delete,
            lambda: ballots.update(sealed=b""),
            ballots.delete,
            lambda: Ballot.objects.create(consultation=consultation, answers={}, nonce=bytes(32)),
            lambda: Ledger.objects.create(consultation=consultation, user=an_organiser(), took_part=True),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_refuses_a_name_a_second_wording_and_another_mode(self):
        member = a_person()
        consultation = a_detached_one()
        with pytest.raises(DatabaseError, match=r"kept nowhere|promised"), transaction.atomic():
            save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        with pytest.raises(DatabaseError, match="one"), transaction.atomic():
            Version.objects.create(consultation=consultation, number=2, published_at=WHILE_OPEN, digest="x", canonical={})
        with pytest.raises(DatabaseError, match="fixed once opened"), transaction.atomic():
            Consultation.objects.filter(pk=consultation.pk).update(identity_mode="named")


class TestMixing:
    def test_waits_for_twenty_and_changes_nothing_but_ids_and_places(self):
        members = [a_person() for _ in range(BATCH + 1)]
        consultation = a_detached_one()
        for member in members[: BATCH - 1]:
            a_ballot(consultation, by=member)
        assert mix_what_is_due() == 0
        a_ballot(consultation, by=members[-2])
        ids, sealed = (set(Ballot.objects.values_list(name, flat=True)) for name in ("pk", "sealed"))
        took_part = set(Ledger.objects.filter(took_part=True).values_list("user", flat=True))
        assert mix_what_is_due() == 1
        assert mix_what_is_due() == 0
        assert not ids & set(Ballot.objects.values_list("pk", flat=True))
        assert {bytes(each) for each in sealed} == {bytes(each) for each in Ballot.objects.values_list("sealed", flat=True)}
        assert took_part == set(Ledger.objects.filter(took_part=True).values_list("user", flat=True))
        assert Ledger.objects.count() == BATCH + 1
        assert not mixing._mix(consultation.pk), "another tick was quicker"
        box = BallotBox.objects.get()
        assert (box.mixed, box.is_swept) == (BATCH, False)
        a_ballot(consultation, by=members[-1])

    def test_leaves_all_as_it_was_when_it_dies(self):
        members = [a_person() for _ in range(BATCH)]
        consultation = a_detached_one()
        for member in members:
            a_ballot(consultation, by=member)
        before = set(Ballot.objects.values_list("pk", flat=True)), set(Ledger.objects.values_list("pk", flat=True))

        def dies_at_the_ledger(execute, sql, params, many, context):
            if "DELETE FROM consultation_ledger" in sql:
                raise ConnectionError
            return execute(sql, params, many, context)

        with pytest.raises(ConnectionError), connection.execute_wrapper(dies_at_the_ledger):
            mix_what_is_due()
        assert before == (set(Ballot.objects.values_list("pk", flat=True)), set(Ledger.objects.values_list("pk", flat=True)))
        assert mix_what_is_due() == 1


class TestTheClose:
    def test_opens_every_ballot_forgets_the_key_and_the_books_balance(self):
        by = an_organiser()
        members = [a_person() for _ in range(3)]
        left = a_person()
        consultation = a_detached_one(by=by)
        for number, member in enumerate(members):
            a_ballot(consultation, by=member, why=f"Reason {number}", purpose="spur" if number else "floor")
        seal_answers(consultation, FULL, by=left, at=WHILE_OPEN, key=new_key())
        assert not Ballot.objects.filter(answers__isnull=False).exists()
        close_what_is_due(at=AFTER_CLOSE)
        assert {ballot.answers["why"] for ballot in Ballot.objects.all()} == {"Reason 0", "Reason 1", "Reason 2"}
        assert BallotBox.objects.get().wrapped is None
        assert not SealedDraft.objects.exists()
        assert open_the_box(consultation) == 3
        root = root_of(consultation)
        assert (root.size, bytes(root.hash)) == (3, root_over(leaves_of(consultation)))
        publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        counts = Result.objects.get(question__key="purpose").counts
        assert {key: part for key, _, _, part in counts["choices"]} == {"floor": 1, "spur": 2, "none": 0}
        run = run_of(Consultation.objects.get())
        assert (run.current, run.books) == (3, (3, 0, 0, 0, 3))

    def test_publishes_nothing_where_the_ledger_says_otherwise(self):
        by = an_organiser()
        member, other = a_person(), a_person()
        consultation = a_detached_one(by=by)
        a_ballot(consultation, by=member)
        Ledger.objects.filter(user=other).update(took_part=True)
        close_what_is_due(at=AFTER_CLOSE)
        with pytest.raises(BooksDoNotBalance, match="by the ledger"):
            publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)

    def test_lets_facts_stand_only_where_enough_may_and_enough_did(self):
        many = [a_person(facts=FACTS) for _ in range(20)]
        few = [a_person(facts=FACTS | {"nation": "scotland"}) for _ in range(19)]
        consultation = a_detached_one()
        for member in many[:LEAST_TOGETHER] + few[:LEAST_TOGETHER]:
            a_ballot(consultation, by=member)
        close_what_is_due(at=AFTER_CLOSE)
        kept = sorted(Ballot.objects.values_list(*FACT_NAMES))
        assert kept == [("", "", "", "")] * 5 + [("wales", "5-10k", "practice-manager", "5-9")] * 5

    def test_says_nothing_of_facts_that_too_few_ballots_share(self):
        many = [a_person(facts=FACTS) for _ in range(20)]
        consultation = a_detached_one()
        for member in many[: LEAST_TOGETHER - 1]:
            a_ballot(consultation, by=member)
        close_what_is_due(at=AFTER_CLOSE)
        assert set(Ballot.objects.values_list(*FACT_NAMES)) == {("", "", "", "")}

    def test_an_account_that_is_erased_leaves_its_mark_and_a_ballot_that_nobody_can_find(self):
        member = a_person()
        consultation = a_detached_one()
        a_ballot(consultation, by=member)
        assert erase_responses_of(member.pk, at=WHILE_OPEN) == 0
        close_what_is_due(at=AFTER_CLOSE)
        assert (Ballot.objects.count(), Ledger.objects.get(user=member).took_part) == (1, True)

    def test_waits_where_the_servers_key_is_wrong_while_others_close_and_staff_are_told_once_a_day(self, settings, caplog):
        by = an_organiser()
        waits, another = a_detached_one(by=by), an_open_one(by=by)
        right = settings.CONSULTATION_KEY
        settings.CONSULTATION_KEY = bytes(32)
        assert [close_what_is_due(at=at) for at in (AFTER_CLOSE, AFTER_CLOSE)] == [1, 0]
        assert set(Consultation.objects.exclude(closed_at=None)) == {another}
        assert "CONSULTATION_KEY does not open its key" in caplog.text
        while expand_next(at=AFTER_CLOSE):
            pass
        notice = Notice.objects.get(event__data__what="wrong_key", user=by)
        assert "wrong key" in texts_of(by, [notice], at=AFTER_CLOSE)[notice.pk].sentence
        assert AuditEntry.objects.filter(verb="consultation.wrong_key", subject_id=str(waits.pk)).count() == 1
        close_what_is_due(at=AFTER_CLOSE + DAY)
        assert AuditEntry.objects.filter(verb="consultation.wrong_key").count() == 2
        settings.CONSULTATION_KEY = right
        assert close_what_is_due(at=AFTER_CLOSE + DAY) == 1

    def test_lets_organisers_read_words_of_twenty_and_nobody_else(self, client):
        by, members = an_organiser(), [a_person() for _ in range(BATCH)]
        consultation = a_detached_one(by=by)
        where = reverse("consultation:words", args=[consultation.slug])
        client.force_login(by)
        for number, member in enumerate(members[1:], start=1):
            a_ballot(consultation, by=member, why=f"I am word {number}.")
        with time_machine.travel(AFTER_CLOSE, tick=False):
            assert "Nobody sees what was answered before the close" in client.get(where).content.decode()
            cast_last = transaction.savepoint()
            close_what_is_due(at=AFTER_CLOSE)
            assert "Fewer than 20 took part" in client.get(where).content.decode()
            transaction.savepoint_rollback(cast_last)
            a_ballot(consultation, by=members[0], why="I am word 0.")
            close_what_is_due(at=AFTER_CLOSE)
            page = client.get(where).content.decode()
            assert where in client.get(consultation.get_absolute_url()).content.decode(), "the organisers' desk leads there"
            client.force_login(members[0])
            assert client.get(where).status_code == 403
        assert sorted(map(int, re.findall(r"I am word (\d+)\.", page))) == list(range(BATCH))
        assert [asked.key for asked in worded_on_ballots(consultation)] == ["why"], "choices are no words"

    def test_of_what_was_withdrawn_opens_nothing_ever(self):
        by, member = an_organiser(), a_person()
        consultation = a_detached_one(by=by)
        a_ballot(consultation, by=member)
        withdraw_consultation(consultation, reason="Asked wrongly.", by=by, at=WHILE_OPEN)
        assert BallotBox.objects.get().wrapped is None
        assert Ballot.objects.get().answers is None


class TestBeforeTheOpening:
    def test_a_question_for_a_file_keeps_it_from_opening(self):
        by = an_organiser()
        draft = a_detached_draft(by=by)
        page = draft.versions.get().pages.first()
        add_question(page, key="proof", kind="file", text="Your certificate", by=by, at=OPENED - DAY)
        with pytest.raises(NotReadyForReview, match="takes none"):
            opened(draft, category=CategoryFactory(), by=by, at=OPENED)

    def test_a_condition_on_an_earlier_answer_may_stay(self):
        by = an_organiser()
        draft = a_detached_draft(by=by)
        set_condition(
            draft.versions.get().pages.last(),
            condition_of({"question": "purpose", "verb": "is", "values": ["floor", "spur"]}),
            by=by,
            at=OPENED - DAY,
        )
        assert opened(draft, category=CategoryFactory(), by=by, at=OPENED).accepts_at(WHILE_OPEN)

    def test_a_condition_on_who_somebody_is_keeps_it_from_opening(self):
        by = an_organiser()
        draft = a_detached_draft(by=by)
        when = condition_of({"fact": "nation", "verb": "is", "values": ["wales"]})
        set_condition(draft.versions.get().pages.last(), when, by=by, at=OPENED - DAY)
        with pytest.raises(NotReadyForReview, match="their ballots would say it"):
            opened(draft, category=CategoryFactory(), by=by, at=OPENED)

    def test_everybody_on_the_list_stands_in_the_ledger(self):
        members = {a_person().pk for _ in range(3)}
        consultation = a_detached_one()
        assert members <= set(consultation.ledger.values_list("user", flat=True))
        assert consultation.ledger.count() == consultation.eligible_at_opening


def test_its_page_says_of_paper_and_of_words_what_holds_for_ballots():
    detached, named, member = a_detached_one(), an_open_one(), a_person()
    with time_machine.travel(WHILE_OPEN, tick=False):
        pages = [text_of(client_of(member).get(address("detail", each.slug))) for each in (detached, named)]
    for words, holds_for in (
        ("on paper", named),
        ("as far as their writers agree", named),
        ("read by organisers alone", detached),
    ):
        assert [words in page for page in pages] == [holds_for is detached, holds_for is named], words
    assert "Detached: what that promises" in pages[0]


class TestWhoElseAnswers:
    @pytest.mark.parametrize("who", ["organisations", "public"])
    def test_is_nobody(self, who):
        by = an_organiser()
        detached, draft = a_detached_draft(by=by), a_draft(by=by)
        change_audience(draft, **{who: True}, by=by, at=BEGIN)
        with pytest.raises(Refused, match="each for themselves"):
            change_audience(detached, **{who: True}, by=by, at=BEGIN)
        with pytest.raises(Refused, match="each for themselves"):
            change_details(draft, identity_mode="detached", by=by, at=BEGIN)
        with pytest.raises(DatabaseError, match="detached_asks_members_alone"), transaction.atomic():
            Consultation.objects.filter(pk=detached.pk).update(**{f"for_{who}": True})
        form = AudienceForm({"whom": "members", who: "on"}, instance=detached)
        assert form.errors == {who: [can_ask_others(detached).reason]}
        draft.refresh_from_db()
        sent = {"identity_mode": "detached", "title": draft.title, "days": 42}
        assert can_ask_others(detached).reason in DetailsForm(sent, instance=draft).errors["identity_mode"][0]

    def test_is_not_whoever_wrote_on_paper(self):
        by, consultation = an_organiser(), a_detached_one()
        with pytest.raises(Refused, match="each for themselves"):
            an_entry(consultation, a_person(), by=by)
        assert "paper" not in {step.url.split("/")[-2] for step in desk_of(by, consultation, at=WHILE_OPEN).others}

    def test_is_refused_by_the_database(self):
        consultation = a_detached_one()
        with pytest.raises(DatabaseError, match="kept nowhere"), transaction.atomic():
            Party.objects.create(consultation=consultation, kind="public", sort="patient", created_at=WHILE_OPEN)


def test_figures_are_counted_from_the_ledger_once_a_day():
    members = [a_person(facts=FACTS) for _ in range(12)]
    consultation = a_detached_one()
    for member in members[:6]:
        a_ballot(consultation, by=member)
    publish_participation(at=WHILE_OPEN)
    whole = latest_figures(consultation).whole
    assert (whole.people, whole.took_part) == (User.objects.count() - 2, 6)


def test_a_draft_can_be_made_detached_and_back():
    by = an_organiser()
    draft = a_detached_draft(by=by)
    assert draft.identity_mode == "detached"
    assert change_details(draft, identity_mode="named", by=by, at=OPENED - DAY).identity_mode == "named"
