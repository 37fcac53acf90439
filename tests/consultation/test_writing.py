"""Writing a draft, and opening it."""

from datetime import date, timedelta

import pytest

from accounts.models import RoleGrant
from common.models import AuditEntry
from common.verdicts import Refused
from consultation.actions.opening import NotReadyToOpen, TooShort, extend_consultation, open_consultation
from consultation.actions.options import add_option, change_option, move_option, remove_option
from consultation.actions.questionnaire import (
    add_page,
    add_question,
    change_question,
    move_page,
    move_question,
    remove_page,
    remove_question,
)
from consultation.actions.reviewing import NotReadyForReview, ask_for_review
from consultation.actions.scheduling import open_what_is_due, schedule_consultation
from consultation.actions.withdrawing import NoReasonGiven, withdraw_consultation
from consultation.actions.writing import change_details, write_consultation
from consultation.calendar import last_day
from consultation.models import Consultation, Question, State
from consultation.questionnaire import Questionnaire, digest
from consultation.readers.questionnaires import written
from consultation.readers.readiness import gaps_before_opening
from tests.consultation.factories import (
    BEGIN,
    DAY,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_person,
    an_open_one,
    an_organiser,
    approved,
    opened,
)
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db


def test_a_draft_begins_with_an_empty_questionnaire_and_a_line_in_the_record():
    by = an_organiser()
    consultation = write_consultation(title="Who pays?", background="**Why**", by=by, at=BEGIN)
    assert (consultation.slug, consultation.state_at(BEGIN)) == ("who-pays", State.DRAFT)
    assert consultation.background_html == "<p><strong>Why</strong></p>\n"
    assert [(row.to_state, row.by) for row in consultation.transitions.all()] == [("draft", by)]
    assert AuditEntry.objects.filter(verb="consultation.write", subject_id=str(consultation.pk)).exists()
    assert write_consultation(title="Who pays!", by=by, at=BEGIN).slug == "who-pays-2"
    assert write_consultation(title="Who pays…", by=by, at=BEGIN).slug == "who-pays-3"
    assert write_consultation(title="???", by=by, at=BEGIN).slug == "consultation"


@pytest.mark.parametrize("role", ["member", "moderator", None])
def test_only_organisers_and_directors_write(role):
    with pytest.raises(Refused, match="Organisers and directors"):
        write_consultation(title="Mine", by=a_person(role=role), at=BEGIN)
    assert not Consultation.objects.exists()
    assert write_consultation(title="Ours", by=a_person(role="director"), at=BEGIN)


def test_nothing_that_was_asked_changes_once_it_is_open():
    by = an_organiser()
    consultation = an_open_one(by=by)
    question = Question.objects.filter(version__consultation=consultation, key="purpose").get()
    option = consultation.options.first()
    for change in (
        lambda: change_details(consultation, title="Another", by=by, at=WHILE_OPEN),
        lambda: add_option(consultation, name="Late", by=by, at=WHILE_OPEN),
        lambda: change_option(option, name="Other", by=by, at=WHILE_OPEN),
        lambda: move_option(option, "down", by=by, at=WHILE_OPEN),
        lambda: remove_option(option, by=by, at=WHILE_OPEN),
        lambda: add_page(consultation, title="More", by=by, at=WHILE_OPEN),
        lambda: add_question(question.page, kind="long_text", text="And?", by=by, at=WHILE_OPEN),
        lambda: change_question(question, text="Or?", by=by, at=WHILE_OPEN),
        lambda: remove_question(question, by=by, at=WHILE_OPEN),
        lambda: open_consultation(consultation, category=CategoryFactory(), by=by, at=WHILE_OPEN),
    ):
        with pytest.raises(Refused, match="does not change any more"):
            change()


def test_options_keep_their_letters_in_order():
    by = an_organiser()
    consultation = a_draft(by=by)
    letters = lambda: [(each.letter, each.key) for each in consultation.options.all()]  # noqa: E731
    assert letters() == [("A", "exam"), ("B", "portfolio"), ("C", "appraisal")]
    move_option(consultation.options.get(key="appraisal"), "up", by=by, at=BEGIN)
    assert letters() == [("A", "exam"), ("B", "appraisal"), ("C", "portfolio")]
    move_option(consultation.options.get(key="exam"), "up", by=by, at=BEGIN)
    assert letters() == [("A", "exam"), ("B", "appraisal"), ("C", "portfolio")], "the first cannot go further up"
    remove_option(consultation.options.get(key="exam"), by=by, at=BEGIN)
    assert letters() == [("A", "appraisal"), ("B", "portfolio")]
    add_option(consultation, name="Appraisal", by=by, at=BEGIN)
    assert letters()[-1] == ("C", "appraisal-2")


def test_pages_and_questions_move_and_go_without_leaving_gaps():
    by = an_organiser()
    consultation = a_draft(by=by)
    version = consultation.versions.get()
    first, second = version.pages.all()
    add_page(consultation, title="The routes", by=by, at=BEGIN)
    assert [page.key for page in version.pages.all()] == ["purpose", "routes", "the-routes"]
    move_page(second, "up", by=by, at=BEGIN)
    assert [page.key for page in version.pages.all()] == ["routes", "purpose", "the-routes"]
    move_question(first.questions.get(key="purpose"), "down", by=by, at=BEGIN)
    assert [asked.key for asked in first.questions.all()] == ["value", "purpose"]
    remove_question(first.questions.get(key="value"), by=by, at=BEGIN)
    remove_page(version.pages.get(key="routes"), by=by, at=BEGIN)
    told = [(page.position, [asked.position for asked in page.questions.all()]) for page in version.pages.all()]
    assert told == [(1, [1]), (2, [])]


def test_a_question_changed_to_another_type_keeps_only_what_that_type_has():
    by = an_organiser()
    consultation = a_draft(by=by)
    question = Question.objects.get(version__consultation=consultation, key="purpose")
    change_question(question, kind="long_text", text="Why?", by=by, at=BEGIN)
    assert (question.longest, question.choices.count()) == (1500, 0)
    change_question(question, kind="ranking", text="Which first?", choices=[("", "Yes"), ("", "Yes!")], by=by, at=BEGIN)
    assert [choice.key for choice in question.choices.all()] == ["yes", "yes-2"]
    assert question.longest == 0


def test_what_is_missing_is_told_with_the_place_to_mend_it():
    by = an_organiser()
    consultation = write_consultation(title="Bare", by=by, at=BEGIN)
    told = gaps_before_opening(consultation, at=BEGIN)
    assert {gap.section for gap in told} == {"details", "options", "questions", "documents", "discarded", "audience"}
    assert len(told) == 9
    places = {gap.url for gap in told}
    assert f"/consultations/{consultation.slug}/edit/details/#id_lede" in places
    assert f"/consultations/{consultation.slug}/audience/" in places
    with pytest.raises(NotReadyForReview, match="Ask at least one question"):
        ask_for_review(consultation, by=by, at=OPENED)
    page = add_page(consultation, title="Only", by=by, at=BEGIN)
    empty = add_page(consultation, title="Empty", by=by, at=BEGIN)
    add_question(page, kind="single_choice", text="Which?", choices=[("", "This")], by=by, at=BEGIN)
    asked = Question.objects.get(version__consultation=consultation)
    told = [(gap.sentence, gap.url) for gap in gaps_before_opening(consultation, at=BEGIN) if gap.section == "questions"]
    edit = f"/consultations/{consultation.slug}/edit/"
    assert told == [
        ("Page 2, “Empty”, asks nothing: add a question or take it out.", f"{edit}#page-{empty.pk}"),
        ("“Which?” on page 1: it needs at least two choices.", f"{edit}#question-{asked.pk}"),
    ]
    remove_page(empty, by=by, at=BEGIN)
    ready = a_draft(by=by)
    assert [gap.section for gap in gaps_before_opening(ready, at=BEGIN)] == ["audience"]
    a_person()
    assert not gaps_before_opening(ready, at=BEGIN)


def test_an_opening_that_asks_nobody_is_refused_by_the_hand_and_by_the_clock():
    by = an_organiser()
    draft = approved(a_draft(by=by))
    schedule_consultation(draft, opens_at=OPENED, closes_on=last_day(OPENED, 42), category=CategoryFactory(), by=by, at=BEGIN)
    RoleGrant.objects.filter(role="member").update(ends_at=OPENED)
    assert open_what_is_due(at=OPENED) == 0
    draft.refresh_from_db()
    assert draft.opened_at is None
    assert "Nobody could answer: it asks all verified members" in draft.transitions.filter(to_state="review").last().note
    with pytest.raises(NotReadyToOpen, match="Nobody could answer"):
        schedule_consultation(
            draft, opens_at=OPENED + DAY, closes_on=last_day(OPENED, 60), category=CategoryFactory(), by=by, at=OPENED
        )


def test_fewer_than_two_options_need_a_reason():
    a_person()
    by = an_organiser()
    consultation = a_draft(by=by)
    for option in consultation.options.all()[1:]:
        remove_option(option, by=by, at=BEGIN)
    question = Question.objects.get(version__consultation=consultation, key="route-order")
    remove_question(question, by=by, at=BEGIN)
    assert [gap.section for gap in gaps_before_opening(consultation, at=BEGIN)] == ["options"]
    consultation = change_details(consultation, single_option_reason="The law leaves one.", by=by, at=BEGIN)
    assert not gaps_before_opening(consultation, at=BEGIN)


def test_opening_freezes_the_questionnaire_under_its_hash():
    by = an_organiser()
    draft = a_draft(by=by)
    before = written(draft.versions.get())
    consultation = opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    version = consultation.versions.get()
    assert Questionnaire.of(version.canonical) == before
    assert version.digest == digest(before.as_dict())
    assert len(version.digest) == 64
    ranking = next(asked for asked in before.questions if asked.kind == "ranking")
    assert next((choice.key, choice.letter, choice.note) for choice in ranking.choices) == ("exam", "A", "60 hours · £540")


def test_it_closes_at_2359_of_a_london_day_whatever_the_clocks_do():
    consultation = an_open_one()  # 2 September, still summer time; 14 October too
    assert consultation.closes_at.isoformat() == "2026-10-14T23:59:00+01:00"
    by = an_organiser()
    late = opened(a_draft(by=by), category=CategoryFactory(), by=by, at=OPENED, closes_on=date(2026, 11, 2))
    assert late.closes_at.isoformat() == "2026-11-02T23:59:00+00:00"


def test_it_lasts_28_days_at_least():
    by = an_organiser()
    draft = approved(a_draft(by=by))
    with pytest.raises(TooShort, match="30 September 2026"):
        open_consultation(draft, category=CategoryFactory(), by=by, at=OPENED, closes_on=date(2026, 9, 29))
    assert open_consultation(draft, category=CategoryFactory(), by=by, at=OPENED, closes_on=date(2026, 9, 30)).opened_by == by


def test_it_may_be_extended_while_open_and_never_shortened():
    by = an_organiser()
    consultation = an_open_one(by=by)
    for day in (date(2026, 10, 13), date(2026, 10, 14)):
        with pytest.raises(TooShort, match="never shortened"):
            extend_consultation(consultation, closes_on=day, reason="", by=by, at=WHILE_OPEN)
    longer = extend_consultation(consultation, closes_on=date(2026, 10, 21), reason="Half-term.", by=by, at=WHILE_OPEN)
    assert longer.closes_at.date() == date(2026, 10, 21)
    assert "Half-term." in longer.transitions.last().note
    with pytest.raises(Refused, match="Only a consultation that is open"):
        extend_consultation(longer, closes_on=date(2026, 12, 1), reason="", by=by, at=longer.closes_at)
    with pytest.raises(Refused, match="Organisers"):
        extend_consultation(longer, closes_on=date(2026, 12, 1), reason="", by=a_person(), at=WHILE_OPEN)


@pytest.mark.parametrize("is_open", [False, True])
def test_it_is_withdrawn_with_a_public_reason_and_then_nothing_more_happens(is_open):
    by = an_organiser()
    consultation = an_open_one(by=by) if is_open else a_draft(by=by)
    with pytest.raises(NoReasonGiven):
        withdraw_consultation(consultation, reason="  ", by=by, at=WHILE_OPEN)
    withdrawn = withdraw_consultation(consultation, reason="The law changed.", by=by, at=WHILE_OPEN)
    assert withdrawn.state_at(WHILE_OPEN) is State.WITHDRAWN
    assert withdrawn.transitions.last().note == "The law changed."
    for again in (
        lambda: withdraw_consultation(withdrawn, reason="Twice.", by=by, at=WHILE_OPEN),
        lambda: opened(withdrawn, category=CategoryFactory(), by=by, at=WHILE_OPEN + timedelta(days=1)),
    ):
        with pytest.raises(Refused, match=r"withdrawn|opened"):
            again()


def test_every_step_is_in_the_record_and_in_the_audit():
    consultation = an_open_one()
    assert [(row.from_state, row.to_state) for row in consultation.transitions.all()] == [
        ("", "draft"),
        ("draft", "review"),
        ("review", "review"),
        ("review", "open"),
    ]
    verbs = set(AuditEntry.objects.filter(subject_id=str(consultation.pk)).values_list("verb", flat=True))
    assert {"consultation.write", "consultation.open", "consultation.add_option", "consultation.add_question"} <= verbs


def test_days_of_the_draft_decide_where_no_last_day_is_given():
    by = an_organiser()
    draft = change_details(a_draft(by=by), days=28, by=by, at=BEGIN)
    assert opened(draft, category=CategoryFactory(), by=by, at=OPENED).closes_at.date() == (OPENED + 28 * DAY).date()


def test_opening_opens_a_discussion_with_a_link_each_way():
    by, category = an_organiser(), CategoryFactory()
    consultation = opened(a_draft(by=by), category=category, by=by, at=OPENED)
    topic = consultation.topic
    assert (topic.title, topic.category, topic.author, topic.kind) == (consultation.title, category, by, "consultation")
    assert f'href="{consultation.get_absolute_url()}"' in topic.posts.get().html
    notice = topic.notices.get()
    assert notice.url == consultation.get_absolute_url()
    assert "closes Wed 14 Oct" in notice.text


def test_the_topic_says_where_the_consultation_stands():
    by = an_organiser()
    consultation = an_open_one(by=by)
    text = lambda: consultation.topic.notices.get().text  # noqa: E731
    extend_consultation(consultation, closes_on=date(2026, 10, 21), reason="", by=by, at=WHILE_OPEN)
    assert "closes Wed 21 Oct" in text()
    withdraw_consultation(consultation, reason="The law changed.", by=by, at=WHILE_OPEN)
    assert "withdrawn" in text()


def test_a_draft_called_new_does_not_take_the_address_of_the_form():
    assert write_consultation(title="New", by=an_organiser(), at=BEGIN).slug == "new-2"
