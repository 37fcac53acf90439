"""What the database itself refuses."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from consultation.models import Answer, Choice, Consultation, Option, Page, Question, Response, Result, State, Transition, Version
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_published_one,
    a_response,
    an_open_one,
    an_organiser,
    approved,
)
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.django_db


def refuses(name, change):
    def attempt():
        with transaction.atomic():
            change()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=name):
        attempt()


def set_to(consultation, **values):
    return lambda: Consultation.objects.filter(pk=consultation.pk).update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("consultation_has_a_title", {"title": ""}),
        ("consultation_identity_is_known", {"identity_mode": "secret"}),
        ("consultation_lasts_28_to_365_days", {"days": 27}),
        ("consultation_opened_has_opener_end_and_topic", {"closes_at": OPENED}),
        ("consultation_closing_work_follows_the_close", {"closed_at": OPENED}),
        ("consultation_published_after_its_closing_work", {"published_at": OPENED}),
        ("consultation_withdrawn_has_a_reason_and_an_author", {"withdrawn_at": OPENED}),
        ("consultation_withdrawn_has_a_reason_and_an_author", {"withdrawn_reason": "A mistake."}),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused(constraint, values):
    refuses(constraint, set_to(a_draft(), **values))


def test_a_version_that_is_being_written_is_not_spelt_out():
    version = a_draft().versions.get()
    refuses("version_published_is_spelt_out", lambda: Version.objects.filter(pk=version.pk).update(canonical={"pages": []}))


def test_a_consultation_closes_after_it_opens():
    by = an_organiser()
    refuses(
        "consultation_closes_after_it_opens",
        set_to(approved(a_draft(by=by)), opened_at=OPENED, opened_by=by, closes_at=OPENED, topic=TopicFactory()),
    )


def test_what_was_opened_keeps_its_word():
    consultation = an_open_one()
    refuses("never shortened", set_to(consultation, closes_at=consultation.closes_at - timedelta(seconds=1)))
    refuses("fixed once opened", set_to(consultation, opened_at=BEGIN))
    refuses("never deleted", lambda: Consultation.objects.filter(pk=consultation.pk)._raw_delete("default"))
    set_to(consultation, closes_at=consultation.closes_at + DAY)()


def test_after_the_closing_work_the_end_does_not_move_and_no_step_is_taken_back():
    consultation = a_published_one()
    refuses("never shortened", set_to(consultation, closes_at=consultation.closes_at + DAY))
    refuses("not taken back", set_to(consultation, published_at=AFTER_CLOSE + 5 * DAY))
    refuses(
        "consultation_published_is_never_withdrawn",
        set_to(consultation, withdrawn_at=AFTER_CLOSE, withdrawn_by=consultation.opened_by, withdrawn_reason="No."),
    )


def test_a_published_version_does_not_change_nor_anything_in_it():
    consultation = an_open_one()
    version = consultation.versions.get()
    page, question = Page.objects.filter(version=version).first(), Question.objects.get(version=version, key="purpose")
    for change in (
        lambda: Version.objects.filter(pk=version.pk).update(digest="0" * 64),
        lambda: Version.objects.filter(pk=version.pk)._raw_delete("default"),
        lambda: Page.objects.filter(pk=page.pk).update(title="Another"),
        lambda: Page.objects.create(version=version, position=9, key="more", title="More"),
        lambda: Question.objects.filter(pk=question.pk).update(text="Another?"),
        lambda: Question.objects.filter(pk=question.pk)._raw_delete("default"),
        lambda: Choice.objects.filter(question=question).update(label="Another"),
        lambda: Choice.objects.create(question=question, position=9, key="more", label="More"),
        lambda: Choice.objects.filter(question=question)._raw_delete("default"),
    ):
        refuses("published version does not change", change)


def test_options_are_frozen_once_opened_all_but_their_fate():
    consultation = an_open_one()
    rows = Option.objects.filter(consultation=consultation, letter="A")
    refuses("do not change once opened", lambda: rows.update(cost="£5"))
    refuses("do not change once opened", lambda: rows._raw_delete("default"))
    refuses(
        "do not change once opened",
        lambda: Option.objects.create(consultation=consultation, position=9, letter="Z", key="z", name="Late"),
    )
    refuses("option_ruled_out_has_a_reason", lambda: rows.update(fate="ruled-out"))
    rows.update(fate="ruled-out", because="Nobody asked for it.")


def test_a_member_has_one_current_response():
    response = a_response(an_open_one())
    refuses(
        "one_current_response_per_member",
        lambda: Response.objects.create(
            consultation=response.consultation,
            version=response.version,
            user=response.user,
            revision=2,
            is_current=True,
            reference="0" * 16,
            submitted_at=WHILE_OPEN,
        ),
    )


def test_answers_are_not_rewritten_and_the_record_only_grows():
    consultation = a_published_one(answers=1)
    refuses("insert-only", lambda: Answer.objects.update(value="x"))
    refuses("insert-only", lambda: Transition.objects.update(note="x"))
    refuses("insert-only", lambda: Transition.objects.filter(consultation=consultation)._raw_delete("default"))
    refuses("insert-only", lambda: Result.objects.update(n=0))


def test_positions_and_letters_are_taken_once():
    consultation = a_draft()
    refuses("one_option_per_letter", lambda: consultation.options.filter(letter="A").update(letter="B"))
    refuses("one_option_per_position", lambda: consultation.options.filter(letter="A").update(position=2))
    refuses("option_letter_is_a_to_z", lambda: consultation.options.filter(letter="A").update(letter="a"))
    refuses("one_page_per_position", lambda: Page.objects.filter(position=1).update(position=2))
    refuses("one_unpublished_version", lambda: Version.objects.create(consultation=consultation, number=2))
    refuses("document_url_is_web_or_path", lambda: consultation.documents.update(url="javascript:alert(1)"))
    refuses("document_url_is_web_or_path", lambda: consultation.documents.update(url="//evil.example"))
    consultation.documents.update(url="/forum/t/7/")


def test_a_draft_can_be_deleted_with_everything_in_it():
    consultation = a_draft()
    version = consultation.versions.get()
    version.delete()
    assert not Question.objects.filter(version=version.pk).exists()


def test_the_state_follows_from_dates():
    consultation = an_open_one()
    closes = consultation.closes_at
    assert consultation.state_at(closes - timedelta(microseconds=1)) is State.OPEN
    assert consultation.state_at(closes) is State.CLOSED
    assert consultation.accepts_at(closes - timedelta(microseconds=1))
    assert not consultation.accepts_at(closes)
    consultation.closed_at = closes
    assert not consultation.accepts_at(closes - timedelta(microseconds=1))


def test_the_queryset_and_the_row_agree_on_what_takes_answers():
    consultation = an_open_one()
    for moment in (OPENED, WHILE_OPEN, consultation.closes_at - timedelta(seconds=1), consultation.closes_at, AFTER_CLOSE):
        assert Consultation.objects.accepting_at(moment).exists() == consultation.accepts_at(moment)
