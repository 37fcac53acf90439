"""From draft to archive: each step with its guard, its row and its word to those concerned."""

from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.actions.sanctions import impose_sanction
from common.verdicts import Refused
from config.celery import app
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.finishing import (
    StepWithoutReason,
    archive_consultation,
    begin_analysis,
    begin_report,
    follow_up_consultation,
)
from consultation.actions.holding import ConsultationClosed
from consultation.actions.opening import NotReadyToOpen, extend_consultation, open_consultation
from consultation.actions.pausing import SayWhy, days_lost, pause_consultation, resume_consultation
from consultation.actions.publishing import publish_results, tell_outcome
from consultation.actions.reviewing import (
    NotReadyForReview,
    SayWhatToChange,
    TextChanged,
    approve_draft,
    ask_for_changes,
    ask_for_review,
    take_back_review,
)
from consultation.actions.scheduling import NotInTheFuture, open_what_is_due, put_off_opening, schedule_consultation
from consultation.actions.submitting import submit_response
from consultation.actions.withdrawing import withdraw_consultation
from consultation.actions.writing import change_details, write_consultation
from consultation.models import Consultation, DraftAnswer, Option, Response, Review, State
from consultation.permissions import can_see
from consultation.readers.reviewing import text_digest
from consultation.tasks import open_due
from notifications.expander import expand_next
from notifications.models import Notice
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    FULL,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_later_one,
    a_person,
    a_response,
    an_open_one,
    an_organiser,
    approved,
)
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SOON = OPENED + 5 * DAY


def scheduled(*, by=None, opens_at=SOON):
    by = by or an_organiser()
    draft = approved(a_draft(by=by))
    plan = {"opens_at": opens_at, "closes_on": date(2026, 10, 30), "category": CategoryFactory()}
    return schedule_consultation(draft, by=by, at=OPENED, **plan)


def now(consultation, at):
    return Consultation.objects.get(pk=consultation.pk).state_at(at)


def test_nothing_opens_that_a_second_person_has_not_approved():
    a_person()
    author = an_organiser()
    draft = a_draft(by=author)
    with pytest.raises(Refused, match="A second person"):
        open_consultation(draft, category=CategoryFactory(), by=author, at=OPENED)
    ask_for_review(draft, by=author, at=BEGIN)
    assert now(draft, BEGIN) is State.REVIEW
    with pytest.raises(Refused, match="It is yours"):
        approve_draft(draft, digest=text_digest(draft), by=author, at=BEGIN)
    with pytest.raises(DatabaseError, match="after a second person approved"), transaction.atomic():
        Consultation.objects.filter(pk=draft.pk).update(opened_at=OPENED)


def test_the_very_text_is_approved_and_a_change_asks_for_another_review():
    a_person()
    author, reader = an_organiser(), an_organiser()
    draft = a_draft(by=author)
    ask_for_review(draft, by=author, at=BEGIN)
    seen = text_digest(Consultation.objects.get(pk=draft.pk))
    change_details(draft, lede="Other words.", by=author, at=BEGIN)
    with pytest.raises(TextChanged):
        approve_draft(draft, digest=seen, by=reader, at=BEGIN)
    draft.refresh_from_db()
    agreed = approve_draft(draft, digest=text_digest(draft), by=reader, at=BEGIN)
    assert agreed.approved_by == reader
    change_details(draft, lede="Again other words.", by=author, at=BEGIN)
    assert now(draft, BEGIN) is State.DRAFT
    assert "another review" in draft.transitions.last().note
    with pytest.raises(Refused, match="A second person"):
        open_consultation(draft, category=CategoryFactory(), by=author, at=OPENED)


def test_a_text_that_changed_behind_the_approval_does_not_open():
    by = an_organiser()
    draft = approved(a_draft(by=by))
    Option.objects.filter(consultation=draft, letter="A").update(cost="£1")
    with pytest.raises(NotReadyToOpen, match="not the one that was approved"):
        open_consultation(draft, category=CategoryFactory(), by=by, at=OPENED)


def test_a_reviewer_asks_for_changes_with_a_note_and_the_author_may_take_it_back():
    a_person()
    author, reader = an_organiser(), an_organiser()
    draft = a_draft(by=author)
    ask_for_review(draft, by=author, at=BEGIN)
    with pytest.raises(SayWhatToChange):
        ask_for_changes(draft, note=" ", by=reader, at=BEGIN)
    ask_for_changes(draft, note="Option C is worded to lose.", by=reader, at=BEGIN)
    assert now(draft, BEGIN) is State.DRAFT
    assert Review.objects.get().note == "Option C is worded to lose."
    ask_for_review(draft, by=author, at=BEGIN)
    take_back_review(draft, by=author, at=BEGIN)
    assert now(draft, BEGIN) is State.DRAFT
    with pytest.raises(Refused, match="Nobody has asked"):
        ask_for_changes(draft, note="Too late.", by=reader, at=BEGIN)
    with pytest.raises(NotReadyForReview, match="Ask at least one question"):
        ask_for_review(write_consultation(title="Bare", by=author, at=BEGIN), by=author, at=BEGIN)


def test_what_is_scheduled_is_announced_and_opens_by_the_tick_once_and_late():
    member, consultation = a_person(), scheduled()
    assert can_see(member, consultation)
    assert consultation in Consultation.objects.visible_to(member)
    assert consultation.state_at(SOON + HOUR) is State.SCHEDULED, "until the tick wrote it"
    with pytest.raises(Refused, match="put the opening off first"):
        change_details(consultation, lede="Sneaked in.", by=consultation.created_by, at=OPENED)
    assert open_what_is_due(at=SOON - timedelta(seconds=1)) == 0
    late = SOON + 2 * DAY
    assert open_what_is_due(at=late) == 1
    assert open_what_is_due(at=late) == 0
    consultation.refresh_from_db()
    assert (consultation.opened_at, consultation.state_at(late)) == (late, State.OPEN)
    assert consultation.closes_at.isoformat() == "2026-10-30T23:59:00+00:00"
    row = consultation.transitions.last()
    assert (row.from_state, row.to_state, row.by) == ("scheduled", "open", None)


def test_within_seconds_of_its_hour_it_is_open_with_its_topic_and_everybody_is_told():
    beat = next(each for each in app.conf.beat_schedule.values() if each["task"] == "consultation.open")
    assert beat["schedule"] * settings.SPEED <= 10
    busy = {"consultation.tick", "digest.tick", "forum.rebake", "accounts.work_on_registers", "search.refresh_words"}
    routes = app.conf.task_routes
    assert routes["consultation.open"]["queue"] not in {routes[name]["queue"] for name in busy}
    member, consultation = a_person(), scheduled()
    with time_machine.travel(SOON, tick=False):
        assert open_due() == 1
        while expand_next(at=SOON) is not None:
            pass
        consultation.refresh_from_db()
        assert consultation.state_at(SOON) is State.OPEN
        assert consultation.topic.created_at == SOON
        assert Notice.objects.filter(user=member, kind__startswith="consultation.").exists()
        assert consultation.topic.title in Client().get("/forum/").content.decode()


def test_an_opening_is_put_off_and_then_only_organisers_see_it():
    by, member = an_organiser(), a_person()
    consultation = scheduled(by=by)
    with pytest.raises(NotInTheFuture):
        schedule_consultation(
            put_off_opening(consultation, reason="Half-term.", by=by, at=OPENED),
            opens_at=OPENED,
            closes_on=date(2026, 10, 30),
            category=CategoryFactory(),
            by=by,
            at=OPENED,
        )
    assert now(consultation, OPENED) is State.REVIEW
    assert not Consultation.objects.visible_to(member).filter(pk=consultation.pk).exists()
    assert open_what_is_due(at=SOON) == 0


def test_what_cannot_open_at_its_hour_says_why_and_waits_for_people():
    by = an_organiser()
    consultation = scheduled(by=by)
    moderator = a_person(role="moderator")
    impose_sanction(by, kind="suspension", reason="Away.", by=moderator, at=OPENED, ends_at=OPENED + 9_999 * DAY)
    assert open_what_is_due(at=SOON) == 0
    assert now(consultation, SOON) is State.REVIEW
    assert "could not open by itself" in consultation.transitions.last().note


def test_scheduled_for_too_short_a_time_opens_late_with_a_refusal_rather_than_less_than_28_days():
    consultation = scheduled()
    assert open_what_is_due(at=SOON + 30 * DAY) == 0
    assert "28 days" in consultation.transitions.last().note


def test_a_pause_refuses_answers_keeps_drafts_and_gives_the_days_back():
    by, member = an_organiser(), a_person()
    consultation = an_open_one(by=by)
    ends = consultation.closes_at
    with pytest.raises(SayWhy):
        pause_consultation(consultation, note=" ", by=by, at=WHILE_OPEN)
    pause_consultation(consultation, note="A figure in the background is wrong.", by=by, at=WHILE_OPEN)
    assert now(consultation, WHILE_OPEN) is State.PAUSED
    assert not Consultation.objects.accepting_at(WHILE_OPEN).exists()
    save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
    assert DraftAnswer.objects.count() == len(FULL)
    with pytest.raises(ConsultationClosed, match="paused"):
        submit_response(consultation, by=member, at=WHILE_OPEN)
    assert close_what_is_due(at=ends + DAY) == 0, "what is paused does not close"
    back = resume_consultation(consultation, note="The figure is right now.", by=by, at=WHILE_OPEN + 2 * DAY + HOUR)
    assert back.closes_at - ends == 3 * DAY
    assert "3 days later" in back.transitions.last().note
    submit_response(consultation, by=member, at=WHILE_OPEN + 3 * DAY)
    assert Response.objects.get().user == member
    assert days_lost(OPENED, OPENED) == 1


def test_a_pause_over_the_end_still_leaves_time_to_answer():
    by = an_organiser()
    consultation = an_open_one(by=by)
    last_hour = consultation.closes_at - HOUR
    pause_consultation(consultation, note="The site is moved.", by=by, at=last_hour)
    back = resume_consultation(consultation, note="It is moved.", by=by, at=last_hour + 10 * DAY)
    assert back.accepts_at(last_hour + 10 * DAY)
    assert extend_consultation(back, closes_on=date(2026, 12, 1), reason="", by=by, at=last_hour + 10 * DAY)


def test_after_the_close_it_goes_step_by_step_to_the_archive():
    by = an_organiser()
    consultation = an_open_one(by=by)
    a_response(consultation)
    with pytest.raises(Refused, match="after the close"):
        begin_analysis(consultation, note="All are in.", by=by, at=WHILE_OPEN)
    with pytest.raises(Refused, match="just closed"):
        begin_analysis(consultation, note="All are in.", by=by, at=AFTER_CLOSE)
    close_what_is_due(at=AFTER_CLOSE)
    at = AFTER_CLOSE + DAY
    with pytest.raises(Refused, match="once the analysis has begun"):
        begin_report(consultation, note="All are read.", by=by, at=at)
    begin_analysis(consultation, note="All are in.", by=by, at=at)
    begin_report(consultation, note="All are read.", by=by, at=at)
    publish_results(consultation, by=by, at=at)
    tell_outcome(consultation, outcome="The portfolio.", by=by, at=at)
    with pytest.raises(Refused, match="followed up"):
        archive_consultation(consultation, note="All was done.", by=by, at=at)
    follow_up_consultation(consultation, follow_up="The first **ten** were assessed.", by=by, at=at)
    archive_consultation(consultation, note="All was done.", by=by, at=at)
    assert now(consultation, at) is State.ARCHIVED
    states = [row.to_state for row in consultation.transitions.all()]
    assert states[-7:] == ["closed", "analysing", "reporting", "published", "published", "followed-up", "archived"]
    with pytest.raises(Refused, match="archived"):
        tell_outcome(consultation, outcome="Another.", by=by, at=at)
    with pytest.raises(Refused, match="they stay"):
        withdraw_consultation(consultation, reason="No.", by=by, at=at)
    for name in ("analysing_at", "followed_up_at", "archived_at"):
        with pytest.raises(DatabaseError, match="not taken back"), transaction.atomic():
            Consultation.objects.filter(pk=consultation.pk).update(**{name: None, "archived_at": None})


@pytest.mark.parametrize(
    ("state", "step"), [("closed", begin_analysis), ("analysing", begin_report), ("followed-up", archive_consultation)]
)
def test_after_the_close_too_every_step_has_a_reason_that_everybody_reads(state, step):
    by, at = an_organiser(), AFTER_CLOSE + DAY
    consultation = an_open_one(by=by) if state == "closed" else a_later_one(state, by=by, at=at)
    close_what_is_due(at=AFTER_CLOSE)
    before = consultation.transitions.count()
    with pytest.raises(StepWithoutReason, match="Say why"):
        step(consultation, note="  ", by=by, at=at)
    assert consultation.transitions.count() == before
    step(consultation, note=" The board met. ", by=by, at=at)
    assert consultation.transitions.last().note == "The board met."


@pytest.mark.parametrize("step", ["draft", "review", "scheduled", "paused", "analysing"])
def test_it_is_withdrawn_from_any_state_before_its_results(step):
    by = an_organiser()
    at = AFTER_CLOSE + DAY if step == "analysing" else WHILE_OPEN
    consultation = {"draft": a_draft, "review": lambda by: approved(a_draft(by=by)), "scheduled": scheduled}.get(
        step, an_open_one
    )(by=by)
    if step == "paused":
        consultation = pause_consultation(consultation, note="Wait.", by=by, at=at)
    if step == "analysing":
        close_what_is_due(at=AFTER_CLOSE)
        consultation = begin_analysis(consultation, note="All are in.", by=by, at=at)
    withdrawn = withdraw_consultation(consultation, reason="The law changed.", by=by, at=at)
    assert withdrawn.state_at(at) is State.WITHDRAWN
    assert withdrawn.transitions.last().from_state == step
    assert not open_what_is_due(at=at + 30 * DAY)


def test_members_take_no_step():
    member, consultation = a_person(), an_open_one()
    for step in (
        lambda: pause_consultation(consultation, note="x", by=member, at=WHILE_OPEN),
        lambda: resume_consultation(consultation, note="x", by=member, at=WHILE_OPEN),
        lambda: begin_analysis(consultation, note="All are in.", by=member, at=AFTER_CLOSE),
        lambda: ask_for_review(consultation, by=member, at=BEGIN),
        lambda: put_off_opening(consultation, reason="", by=member, at=BEGIN),
    ):
        with pytest.raises(Refused, match="Organisers"):
            step()


def test_a_pause_begins_after_the_last_answer_that_was_on_its_way_when_it_was_pressed():
    by, pressed = an_organiser(), WHILE_OPEN
    consultation = an_open_one(by=by)
    overtook = a_response(consultation, at=pressed + timedelta(seconds=1))
    paused = pause_consultation(consultation, note="A figure is wrong.", by=by, at=pressed)
    assert paused.paused_at == overtook.submitted_at
    assert consultation.transitions.get(to_state="paused").at == overtook.submitted_at
