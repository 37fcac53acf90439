"""A new version of what is asked while it is open: who may, what is held, and that nobody loses anything."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.conditions import set_condition
from consultation.actions.confirming import AnswerNoLongerFits, ChangeBegun, confirm_response
from consultation.actions.evidence import offer_evidence
from consultation.actions.options import add_option
from consultation.actions.publishing import publish_results
from consultation.actions.publishing_versions import NotTheApprovedVersion, publish_version
from consultation.actions.questionnaire import add_question, change_page, change_question, remove_page, remove_question
from consultation.actions.submitting import QuestionsChanged, submit_response
from consultation.actions.versions import (
    MoreThanASlip,
    NoNewVersion,
    SayWhy,
    VersionNotReady,
    VersionTextChanged,
    VersionUnderWay,
    approve_version,
    ask_for_version_changes,
    ask_for_version_review,
    discard_version,
    start_version,
    take_back_version_review,
)
from consultation.models import Consultation, Draft, Question, Response, Result, Review, Transition, Version
from consultation.paths.conditions import Clause
from consultation.permissions import can_change_questions
from consultation.proof.rules import rulings
from consultation.readers.answers import as_sent, mark_of, paper_of
from consultation.readers.evidence import evidence_by_question
from consultation.readers.fairness import run_of
from consultation.readers.outcome import findings, versions_counted
from consultation.readers.questionnaires import current_version, questionnaire_of
from consultation.readers.receipts import receipt_of
from consultation.readers.reviewing import text_digest
from consultation.readers.steps import desk_of
from consultation.readers.versions import is_asked_to_confirm, version_digest, versions_told
from forum.actions.posts import reply_to_topic
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Notice
from tests.consultation.factories import (
    AFTER_CLOSE,
    FULL,
    WHILE_OPEN,
    a_draft,
    a_new_version,
    a_person,
    a_response,
    an_open_one,
    an_organisation,
    an_organiser,
    one_for_others,
    opened,
)
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = WHILE_OPEN + HOUR
CHOICES = [("floor", "Guarantee a floor"), ("spur", "Help to get better"), ("none", "I would rather have none")]
WORDS = {"kind": "single_choice", "text": "What should it do above all?", "hint": "Only one.", "required": True}


def opener_of(consultation):
    return User.objects.with_roles().get(pk=consultation.opened_by_id)


def asked(version, key):
    return Question.objects.get(version=version, key=key)


def a_slip(version):
    """One word of a hint."""
    words = {**WORDS, "hint": "Only one answer."}
    change_question(asked(version, "purpose"), choices=CHOICES, by=version.started_by, at=WHILE_OPEN, **words)


def another_choice(version):
    """`spur` is taken out, `both` comes in."""
    choices = [CHOICES[0], ("both", "Both of them"), CHOICES[2]]
    change_question(asked(version, "purpose"), choices=choices, by=version.started_by, at=WHILE_OPEN, **WORDS)


def one_more_required(version):
    page = version.pages.get(key="purpose")
    words = {"kind": "short_text", "text": "In one word?", "required": True}
    add_question(page, key="word", by=version.started_by, at=WHILE_OPEN, **words)


def without_the_why(version):
    remove_question(asked(version, "why"), by=version.started_by, at=WHILE_OPEN)


def kept(draft):
    return dict(draft.answers.filter(question__version=draft.version).values_list("question__key", "value"))


def ruling(consultation, key):
    return next(each for each in rulings(run_of(consultation)) if each.key == key)


class TestWriting:
    def test_is_a_copy_that_members_see_nothing_of(self):
        consultation = an_open_one()
        before = current_version(consultation)
        version = start_version(consultation, by=opener_of(consultation), at=WHILE_OPEN)
        assert questionnaire_of(version).as_dict() == before.canonical
        assert (version.number, current_version(consultation)) == (2, before)
        for name in ("detail", "export", "run"):
            page = Client().get(reverse(f"consultation:{name}", args=[consultation.slug]))
            assert page.status_code == 200
        with pytest.raises(VersionUnderWay):
            start_version(consultation, by=an_organiser(), at=WHILE_OPEN)
        discard_version(consultation, by=an_organiser(), at=WHILE_OPEN)
        assert list(consultation.versions.all()) == [before]
        with pytest.raises(NoNewVersion):
            discard_version(consultation, by=an_organiser(), at=WHILE_OPEN)

    def test_is_for_organisers_while_it_is_open_and_leaves_the_options_as_they_were_put(self):
        consultation = an_open_one()
        by = opener_of(consultation)
        with pytest.raises(Refused, match="Organisers"):
            start_version(consultation, by=a_person(), at=WHILE_OPEN)
        with pytest.raises(Refused, match="not after the close"):
            start_version(consultation, by=by, at=AFTER_CLOSE)
        start_version(consultation, by=by, at=WHILE_OPEN)
        with pytest.raises(Refused, match="has opened"):
            add_option(consultation, name="A fourth", by=by, at=WHILE_OPEN)
        consultation.identity_mode = "detached"
        assert "detached" in can_change_questions(by, consultation, WHILE_OPEN).reason

    def test_gives_a_new_question_a_key_that_none_ever_had(self):
        consultation = an_open_one()
        a_new_version(consultation, change=without_the_why)
        version = start_version(consultation, by=opener_of(consultation), at=LATER)
        page = version.pages.get(key="routes")
        made = add_question(page, kind="long_text", text="Why", by=version.started_by, at=LATER)
        assert made.key == "why-2"


class TestReview:
    def test_refuses_what_changes_nothing_what_cannot_be_asked_and_a_slip_that_is_more(self):
        consultation = an_open_one()
        by = opener_of(consultation)
        version = start_version(consultation, by=by, at=WHILE_OPEN)
        told = {"materiality": "typo", "reason": "Both were wanted.", "by": by, "at": WHILE_OPEN}
        with pytest.raises(VersionNotReady, match="Nothing is changed"):
            ask_for_version_review(consultation, **told)
        set_condition(asked(version, "purpose"), Clause("question", "why", "answered"), by=by, at=WHILE_OPEN)
        with pytest.raises(VersionNotReady, match="comes later"):
            ask_for_version_review(consultation, **told)
        set_condition(asked(version, "purpose"), None, by=by, at=WHILE_OPEN)
        another_choice(version)
        with pytest.raises(MoreThanASlip, match="lost the choice “Help to get better”"):
            ask_for_version_review(consultation, **told)
        with pytest.raises(SayWhy):
            ask_for_version_review(consultation, **told | {"materiality": "material", "reason": " "})
        assert ask_for_version_review(consultation, **told | {"materiality": "material"}).version.materiality == "material"

    def test_is_by_a_second_person_and_bound_to_the_very_text(self):
        consultation = an_open_one()
        by, second = opener_of(consultation), an_organiser()
        version = start_version(consultation, by=by, at=WHILE_OPEN)
        a_slip(version)
        ask_for_version_review(consultation, materiality="typo", reason="A word.", by=by, at=WHILE_OPEN)
        digest = version_digest(Version.objects.get(pk=version.pk), current_version(consultation))
        with pytest.raises(Refused, match="It is yours"):
            approve_version(consultation, digest=digest, by=by, at=WHILE_OPEN)
        with pytest.raises(VersionTextChanged):
            approve_version(consultation, digest="0" * 64, by=second, at=WHILE_OPEN)
        with pytest.raises(Refused, match="A second person"):
            publish_version(consultation, by=by, at=WHILE_OPEN)
        approve_version(consultation, digest=digest, by=second, at=WHILE_OPEN)
        change_page(version.pages.get(key="purpose"), title="For what", intro="", by=by, at=WHILE_OPEN)
        assert Review.objects.get(version=version).ended_at == WHILE_OPEN, "a change lapses the approval"
        with pytest.raises(Refused, match="A second person"):
            publish_version(consultation, by=by, at=WHILE_OPEN)

    def test_gives_it_back_with_a_note_or_is_taken_back(self):
        consultation = an_open_one()
        by = opener_of(consultation)
        a_slip(start_version(consultation, by=by, at=WHILE_OPEN))
        told = {"materiality": "typo", "reason": "A word.", "by": by, "at": WHILE_OPEN}
        ask_for_version_review(consultation, **told)
        with pytest.raises(SayWhy):
            ask_for_version_changes(consultation, note=" ", by=an_organiser(), at=WHILE_OPEN)
        ask_for_version_changes(consultation, note="Another word.", by=an_organiser(), at=WHILE_OPEN)
        ask_for_version_review(consultation, **told)
        take_back_version_review(consultation, by=by, at=WHILE_OPEN)
        assert [row.approved for row in Review.objects.filter(version__number=2).order_by("pk")] == [False, None]

    def test_the_database_refuses_a_version_that_nobody_approved(self):
        consultation = an_open_one()
        version = start_version(consultation, by=opener_of(consultation), at=WHILE_OPEN)
        said = {"materiality": "typo", "reason": "x", "published_at": LATER, "published_by": version.started_by}
        with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(**said, canonical={}, digest="x")
        second = {"decided_by": an_organiser(), "decided_at": WHILE_OPEN, "approved": True, "digest": "x"}
        Review.objects.create(
            consultation=consultation, version=version, asked_at=WHILE_OPEN, asked_by=version.started_by, **second
        )
        with pytest.raises(DatabaseError, match="says_why"), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(**said | {"reason": ""}, canonical={}, digest="x")

    def test_the_approved_text_alone_is_published(self):
        consultation = an_open_one()
        version = a_new_version(consultation, change=a_slip, materiality="typo", published=False)
        Question.objects.filter(version=version, key="why").update(text="Behind the page’s back?")
        with pytest.raises(NotTheApprovedVersion):
            publish_version(consultation, by=opener_of(consultation), at=LATER)
        assert consultation.approved_digest == text_digest(consultation), "the first review is about the first version"


class TestGoingOn:
    def test_a_draft_loses_nothing(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {**FULL, "purpose": "spur"}, by=by, at=WHILE_OPEN)
        version = a_new_version(consultation, change=lambda version: (another_choice(version), without_the_why(version)))
        draft = Draft.objects.get()
        assert (draft.version, draft.begun_under.number) == (version, 1)
        assert kept(draft) == {"value": "agree", "route-order": FULL["route-order"]}
        paper = paper_of(by, consultation)
        assert {key: told.words for key, told in paper.aside.items()} == {"purpose": ["Help to get better"], "why": [FULL["why"]]}
        assert [each.asked.key for each in paper.not_asked_any_more] == ["why"]
        assert paper.beside("purpose").change.fate == "changed"
        assert paper.beside("value") is None
        save_answers(consultation, {"purpose": "both"}, by=by, at=LATER)
        response = submit_response(consultation, by=by, at=LATER)
        assert set(response.answers.values_list("question__key", "question__version__number")) == {
            ("purpose", 2),
            ("value", 2),
            ("route-order", 2),
        }
        assert receipt_of(response).holds()

    def test_what_a_page_of_the_version_before_sends_lands_in_the_draft(self):
        consultation, by = an_open_one(), a_person()
        first = current_version(consultation)
        definitions = {each.key: each for each in questionnaire_of(first).questions}
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        a_new_version(consultation, change=lambda version: (another_choice(version), without_the_why(version)))
        typed = {"purpose": "spur", "value": "disagree", "why": "Another thought."}
        held = {key: mark_of(definitions[key], FULL[key]) for key in typed}
        for at in (LATER, LATER + HOUR):
            draft = save_answers(consultation, typed, by=by, at=at, shown=first, writer="tab", sequence=1, held=held)
        assert kept(draft)["value"] == "disagree"
        assert kept(draft)["purpose"] == "floor", "what was answered before and fits stays the answer"
        aside = {key: told.words for key, told in paper_of(by, consultation).aside.items()}
        assert aside == {"purpose": ["Help to get better"], "why": ["Another thought."]}

    def test_what_another_device_wrote_since_is_not_written_over_by_such_a_page(self):
        consultation, by = an_open_one(), a_person()
        first = current_version(consultation)
        value = next(each for each in questionnaire_of(first).questions if each.key == "value")
        save_answers(consultation, {"value": "agree"}, by=by, at=WHILE_OPEN)
        a_new_version(consultation, change=a_slip, materiality="typo")
        save_answers(consultation, {"value": "disagree"}, by=by, at=LATER)
        held = {"value": mark_of(value, "agree")}
        draft = save_answers(consultation, {"value": "neither"}, by=by, at=LATER, shown=first, held=held)
        assert kept(draft) == {"value": "disagree"}
        assert paper_of(by, consultation).aside["value"].words == ["Neither agree nor disagree"]

    def test_nobody_sends_answers_to_questions_that_they_have_not_seen(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        a_new_version(consultation, change=a_slip, materiality="typo")
        with pytest.raises(QuestionsChanged):
            submit_response(consultation, by=by, at=LATER, shown=1)
        sent = submit_response(consultation, by=by, at=LATER, shown=2)
        assert sent.version.number == 2
        assert submit_response(consultation, by=by, at=LATER, shown=1) == sent, "nothing is left that could be sent"

    def test_a_change_begins_from_what_was_sent_under_another_version(self):
        consultation, by = an_open_one(), a_person()
        a_response(consultation, by=by, purpose="spur")
        a_new_version(consultation, change=another_choice)
        paper = paper_of(by, consultation)
        assert paper.given.keys() == {"value", "route-order", "why"}
        assert paper.aside["purpose"].words == ["Help to get better"]
        draft = save_answers(consultation, {"value": "disagree"}, by=by, at=LATER)
        assert draft.begun_under.number == 1
        assert paper_of(by, consultation).aside["purpose"].words == ["Help to get better"]
        assert [sheet.key for sheet in as_sent(paper_of(by, consultation), by).path.sheets] == ["purpose", "routes"]

    def test_answering_costs_no_statement_more(self, django_assert_num_queries):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, FULL, by=by, at=WHILE_OPEN)
        a_new_version(consultation, change=a_slip, materiality="typo")
        other = a_person()
        save_answers(consultation, FULL, by=other, at=LATER)
        with django_assert_num_queries(4):
            paper_of(other, consultation)
        with django_assert_num_queries(5):
            paper_of(by, consultation)


class TestConfirming:
    def test_an_answer_stands_as_a_new_revision_with_a_receipt(self):
        consultation, by = an_open_one(), a_person()
        first = a_response(consultation, by=by, consent="unnamed")
        assert not is_asked_to_confirm(by.pk, consultation)
        a_new_version(consultation, change=lambda version: change_question(
            asked(version, "why"), kind="long_text", text="Why that very order?", longest=200, by=version.started_by, at=WHILE_OPEN
        ))  # fmt: skip
        assert is_asked_to_confirm(by.pk, consultation)
        for _ in range(2):
            again = confirm_response(consultation, shown=2, by=by, at=LATER)
        assert (again.revision, again.confirms, again.consent, again.version.number) == (2, True, "unnamed", 2)
        assert dict(again.answers.values_list("question__key", "value")) == dict(
            first.answers.values_list("question__key", "value")
        )
        assert receipt_of(again).holds()
        assert not Draft.objects.exists()
        assert not is_asked_to_confirm(by.pk, consultation)

    @pytest.mark.parametrize("change", [another_choice, one_more_required])
    def test_an_answer_that_no_longer_fits_cannot_stand_and_leaves_nothing_behind(self, change):
        consultation, by = an_open_one(), a_person()
        a_response(consultation, by=by, purpose="spur")
        a_new_version(consultation, change=change)
        with pytest.raises(AnswerNoLongerFits):
            confirm_response(consultation, shown=2, by=by, at=LATER)
        assert not Draft.objects.exists()
        assert Response.objects.get().is_current

    def test_who_has_begun_to_change_sends_that(self):
        consultation, by = an_open_one(), a_person()
        a_response(consultation, by=by)
        a_new_version(consultation, change=without_the_why)
        with pytest.raises(QuestionsChanged):
            confirm_response(consultation, shown=1, by=by, at=LATER)
        save_answers(consultation, {"value": "disagree"}, by=by, at=LATER)
        with pytest.raises(ChangeBegun):
            confirm_response(consultation, shown=2, by=by, at=LATER)

    def test_those_are_asked_who_answered_before_a_material_change_also_where_no_row_says_who_they_are(self):
        by = an_organiser()
        draft = a_draft(by=by)
        Consultation.objects.filter(pk=draft.pk).update(identity_mode="confidential")
        draft.refresh_from_db()
        consultation = opened(draft, category=CategoryFactory(), by=by, at=WHILE_OPEN - 2 * HOUR)
        earlier, begun, both = a_person(), a_person(), a_person()
        a_response(consultation, by=earlier)
        save_answers(consultation, FULL, by=begun, at=WHILE_OPEN)
        a_response(consultation, by=both)
        save_answers(consultation, {"why": "On second thoughts."}, by=both, at=WHILE_OPEN)
        a_new_version(consultation, change=a_slip, materiality="typo")
        assert not Notice.objects.filter(kind="consultation.changed").exists(), "nobody is asked because of a slip"
        a_new_version(consultation, change=without_the_why, at=LATER)
        while expand_next(at=LATER):
            pass
        told = Notice.objects.filter(kind="consultation.changed").values_list("user", flat=True)
        assert sorted(told) == [earlier.pk, begun.pk, both.pk], "each once, also who answered and has begun to change it"
        notice = Notice.objects.get(kind="consultation.changed", user=earlier)
        kind = notice_kind("consultation.changed")
        letter = kind.letter(earlier, notice, LATER)
        assert "Whoever answered before the change" in letter.text
        assert kind.may_still_see(earlier, notice.event, LATER)
        assert kind.render(earlier, [notice], LATER)[notice.pk].url.endswith("/answer/confirm/")
        confirm_response(consultation, shown=3, by=earlier, at=LATER)
        assert not kind.may_still_see(earlier, notice.event, LATER), "no letter once they have said so"


class TestCounting:
    def test_slips_are_counted_together_and_material_changes_apart_each_with_its_n(self):
        consultation = an_open_one()
        stands, silent = a_person(), a_person()
        for person in (stands, silent):
            a_response(consultation, by=person)
        a_new_version(consultation, change=a_slip, materiality="typo")
        a_response(consultation, purpose="spur")
        a_new_version(consultation, change=another_choice, at=LATER)
        confirm_response(consultation, shown=3, by=stands, at=LATER)
        a_response(consultation, at=LATER, purpose="both")
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=an_organiser(), at=AFTER_CLOSE)
        consultation.refresh_from_db()
        found = [(each.asked.key, each.under, each.n, each.whole, each.is_again) for each in findings(consultation)]
        assert found == [
            ("purpose", "versions 1 and 2", 2, 2, False),
            ("purpose", "version 3", 2, 2, True),
            ("value", "", 4, 4, False),
            ("route-order", "", 4, 4, False),
            ("why", "", 4, 4, False),
        ]
        spur = next(each for each in findings(consultation) if each.asked.key == "purpose")
        assert [bar.part for bar in spur.bars] == [1, 1, 0]
        assert versions_counted(consultation) == [(1, 1), (2, 1), (3, 2)]
        assert Result.objects.get(question__key="value").over == []
        page = Client().get(reverse("consultation:results", args=[consultation.slug])).content.decode()
        assert "1 answered version 1, 1 answered version 2, 2 answered version 3: together 4" in page
        assert "By version: 1 under version 1, 1 under version 2, 2 under version 3." in ruling(consultation, "R7").proof

    def test_a_question_that_was_taken_out_keeps_its_count_at_the_end(self):
        consultation = an_open_one()
        a_response(consultation)
        a_new_version(consultation, change=without_the_why)
        a_response(consultation, at=LATER)
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=an_organiser(), at=AFTER_CLOSE)
        last = findings(consultation)[-1]
        assert (last.asked.key, last.under, last.n, last.whole) == ("why", "version 1", 1, 1)

    def test_rule_r1_tells_each_version_and_whether_a_second_person_approved_it(self):
        consultation, by = an_open_one(), a_person()
        assert ruling(consultation, "R1").verdict == "holds"
        a_response(consultation, by=by)
        a_new_version(consultation, change=a_slip, materiality="typo")
        a_new_version(consultation, change=without_the_why, at=LATER)
        confirm_response(consultation, shown=3, by=by, at=LATER)
        told = ruling(consultation, "R1")
        assert told.verdict == "holds"
        assert "version 2 mends a slip of the pen" in told.proof
        assert "version 3 is material, approved by a second person; 1 who had answered were asked again and 1 said" in told.proof
        first, slip, material = versions_told(consultation)
        assert (first.changes.questions, slip.changes.beyond_wording) == ((), [])
        assert (material.answered, material.confirmed, material.review.decided_by.display_name) == (1, 1, "Orla Organiser")
        page = Client().get(reverse("consultation:run", args=[consultation.slug])).content.decode()
        assert "Version 3: material" in page and "It could be misread." in page
        assert "<strong>New version</strong>" in page
        assert run_of(consultation).extensions == 0
        assert Transition.objects.filter(what="version").count() == 2


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_a_save_and_a_sending_that_race_with_the_publishing_lose_nothing(self):
        """They wait for the row that the publishing holds, and then are under the new version."""
        consultation, saving, sending = an_open_one(), a_person(), a_person()
        first = current_version(consultation)
        save_answers(consultation, FULL, by=saving, at=WHILE_OPEN)
        save_answers(consultation, FULL, by=sending, at=WHILE_OPEN)
        version = a_new_version(consultation, change=a_slip, materiality="typo", published=False)
        failed = []

        def meanwhile(act):
            try:
                act()
            except Exception as problem:
                failed.append(problem)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=meanwhile, args=[act])
            for act in (
                lambda: save_answers(consultation, {"why": "At the last moment."}, by=saving, at=LATER, shown=first),
                lambda: submit_response(consultation, by=sending, at=LATER, shown=1),
            )
        ]
        with transaction.atomic():
            publish_version(consultation, by=opener_of(consultation), at=LATER)
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(0.3)
                assert thread.is_alive(), "they wait"
        for thread in threads:
            thread.join()
        assert [type(problem) for problem in failed] == [QuestionsChanged]
        drafts = {draft.user_id: draft for draft in Draft.objects.all()}
        assert kept(drafts[saving.pk])["why"] == "At the last moment."
        assert {draft.version_id for draft in drafts.values()} == {version.pk}


def address(name, *args):
    return reverse(f"consultation:{name}", args=args)


def test_who_was_on_a_page_that_is_gone_is_led_to_the_nearest():
    consultation, member = an_open_one(), a_person()
    save_answers(consultation, FULL, by=member, at=WHILE_OPEN, page=2)
    a_new_version(
        consultation,
        change=lambda version: remove_page(version.pages.get(key="routes"), by=version.started_by, at=WHILE_OPEN),
    )
    assert Draft.objects.get().page == 1
    client = Client()
    client.force_login(member)
    with time_machine.travel(LATER, tick=False):
        assert client.get(address("page", consultation.slug, 2))["Location"] == address("page", consultation.slug, 1)
        assert client.post(address("page", consultation.slug, 9)).status_code == 404


def test_evidence_for_a_question_that_is_not_asked_any_more_stays():
    consultation, member = an_open_one(), a_person()
    post = reply_to_topic(consultation.topic, by=member, body="It took me three years.", at=WHILE_OPEN)
    offer_evidence(consultation, post, "why", by=member, at=WHILE_OPEN)
    a_new_version(consultation, change=without_the_why)
    found = evidence_by_question(member, consultation, at=LATER)
    assert [(group.asked.key, len(group.lines)) for group in found] == [
        ("purpose", 0),
        ("value", 0),
        ("route-order", 0),
        ("why", 1),
    ]


def test_from_the_open_page_of_a_member_to_what_changed():
    """As without script: the page was opened under the first version and is sent under the second."""
    consultation, member = an_open_one(), a_person()
    client = Client()
    client.force_login(member)
    with time_machine.travel(LATER, tick=False):
        page = address("page", consultation.slug, 1)
        assert 'name="version" value="1"' in client.get(page).content.decode()
        a_new_version(consultation, change=another_choice)
        sent = {"version": "1", "asked": "purpose value", "q-purpose": "spur", "q-value": "agree", "go": "on"}
        told = client.post(f"{page}save/", sent).json()
        assert told["changed"] is True
        answer = client.post(page, sent, follow=True)
        html = answer.content.decode()
        assert answer.redirect_chain[-1][0] == page
        assert "The questions were changed while you had this page open" in html
        assert "This question was changed since you began" in html
        assert "Help to get better" in html.split("does not fit it any more", 1)[1]
        assert kept(Draft.objects.get()) == {"value": "agree"}
        check = client.get(address("check", consultation.slug)).content.decode()
        assert "Not sent, because it does not fit what is asked any more" in check


def test_the_page_of_a_consultation_leads_the_second_person_to_the_review_and_then_to_the_publishing():
    consultation, second = an_open_one(), an_organiser()
    by = opener_of(consultation)
    version = start_version(consultation, by=by, at=WHILE_OPEN)
    a_slip(version)
    ask_for_version_review(consultation, materiality="typo", reason="A word.", by=by, at=WHILE_OPEN)
    assert desk_of(second, consultation, at=WHILE_OPEN).step.url == address("version", consultation.slug)
    assert desk_of(by, consultation, at=WHILE_OPEN).step.url == address("participation", consultation.slug)
    digest = version_digest(Version.objects.get(pk=version.pk), current_version(consultation))
    approve_version(consultation, digest=digest, by=second, at=WHILE_OPEN)
    assert desk_of(by, consultation, at=WHILE_OPEN).step.url == address("publish_version", consultation.slug)


def test_colleagues_go_on_with_a_new_version_and_read_that_what_they_sent_was_answered_before_it():
    member = a_person()
    consultation = one_for_others()
    seat = an_organisation(consultation, by=member)
    save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
    sent = submit_response(consultation, by=seat, at=WHILE_OPEN, consent="named")
    first = current_version(consultation)
    save_answers(consultation, {"why": "A second thought."}, by=seat, at=WHILE_OPEN)
    a_new_version(consultation, change=another_choice)
    draft = save_answers(consultation, {"purpose": "spur", "value": "disagree"}, by=seat, at=LATER, shown=first)
    assert kept(draft)["value"] == "disagree"
    written = draft.answers.get(question__key="value", question__version__number=2)
    assert (written.by, written.at) == (member, LATER), "colleagues read who wrote it, from an old page too"
    client = Client()
    client.force_login(member)
    with time_machine.travel(LATER, tick=False):
        receipt = client.get(reverse("consultation:seat_receipt", args=[consultation.slug, seat.key])).content.decode()
        assert "The questions were changed since this was sent" in receipt
        assert reverse("consultation:seat_confirm", args=[consultation.slug, seat.key]) in receipt
        save_answers(consultation, {"purpose": "both"}, by=seat, at=LATER)
        again = submit_response(consultation, by=seat, at=LATER, consent="named")
    assert (sent.version.number, again.version.number, again.revision) == (1, 2, 2)


def test_a_second_click_on_publishing_a_version_says_that_it_is_done():
    by = an_organiser()
    consultation = an_open_one(by=by)
    a_new_version(consultation, change=a_slip, materiality="typo", by=by, published=False)
    with time_machine.travel(WHILE_OPEN, tick=False):
        client = Client()
        client.force_login(by)
        where = address("publish_version", consultation.slug)
        assert client.post(where)["Location"] == address("detail", consultation.slug)
        again = client.post(where, follow=True)
    assert again.redirect_chain[-1][0] == address("detail", consultation.slug)
    assert "it was put to the members, or thrown away" in again.content.decode()
    assert consultation.versions.filter(published_at__isnull=False).count() == 2
