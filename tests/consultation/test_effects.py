"""Who is told of a step, in which words, and that the letter keeps the reader's secret."""

import pytest

from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.publishing import publish_results
from consultation.actions.withdrawing import withdraw_consultation
from consultation.effects import Published
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Event, Notice
from notifications.readers import texts_of
from tests.consultation.factories import AFTER_CLOSE, DAY, WHILE_OPEN, a_person, a_response, an_open_one, an_organiser

pytestmark = pytest.mark.django_db
PUBLISHED = AFTER_CLOSE + DAY


def expand_everything(at):
    while expand_next(at=at) is not None:
        pass


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def sentence(notice, at=PUBLISHED):
    return texts_of(notice.user, [Notice.objects.select_related("event").get(pk=notice.pk)], at=at)[notice.pk].sentence


def test_the_opening_is_told_to_everybody_on_the_list_who_has_not_answered():
    member, answered, stranger = a_person(), a_person(), a_person(role=None)
    consultation = an_open_one()
    a_response(consultation, by=answered)
    expand_everything(WHILE_OPEN)
    event = Event.objects.get(kind="consultation.opened")
    assert event.data == {"consultation": consultation.pk}
    assert told("consultation.invitation") == {member.pk}
    assert stranger.pk not in told("consultation.review")
    notice = Notice.objects.get(kind="consultation.invitation")
    assert "asks for your answer, until Wed 14 Oct" in sentence(notice, at=WHILE_OPEN)
    assert sentence(notice, at=AFTER_CLOSE).endswith("was put to the members")


def test_the_close_is_told_to_whoever_opened_it_and_to_who_had_not_sent():
    by, answered, unsent = an_organiser(), a_person(), a_person()
    consultation = an_open_one(by=by)
    a_response(consultation, by=answered)
    save_answers(consultation, {"purpose": "floor"}, by=unsent, at=WHILE_OPEN)
    close_what_is_due(at=AFTER_CLOSE)
    expand_everything(AFTER_CLOSE)
    assert told("consultation.closed") == {by.pk}
    assert told("consultation.unsent") == {unsent.pk}
    assert "counted and published" in sentence(Notice.objects.get(kind="consultation.closed"))
    assert "Only what was sent counts" in sentence(Notice.objects.get(kind="consultation.unsent"))


def test_results_are_told_once_to_everybody_who_answered():
    by, first, second = an_organiser(), a_person(), a_person()
    consultation = an_open_one(by=by)
    for person in (first, second, second):
        a_response(consultation, by=person)
    close_what_is_due(at=AFTER_CLOSE)
    publish_results(consultation, by=by, at=PUBLISHED)
    expand_everything(PUBLISHED)
    assert told("consultation.published") == {first.pk, second.pk}
    assert Notice.objects.filter(kind="consultation.published").count() == 2
    assert "are published" in sentence(Notice.objects.filter(kind="consultation.published").first())


def test_the_letter_names_the_results_and_not_that_the_reader_answered():
    by, person = an_organiser(), a_person("Hester Quill")
    consultation = an_open_one(by=by, title="Who isn't paying?")
    a_response(consultation, by=person)
    close_what_is_due(at=AFTER_CLOSE)
    publish_results(consultation, by=by, at=PUBLISHED)
    expand_everything(PUBLISHED)
    notice = Notice.objects.select_related("event").get(user=person)
    letter = notice_kind("consultation.published").letter(person, notice, PUBLISHED)
    assert letter.subject == "Results: Who isn't paying?"
    for body in (letter.text, letter.html):
        assert f"/consultations/{consultation.slug}/results/" in body
        assert "1 response" in body
        assert "you answered" not in body.lower()


def test_a_notice_of_what_may_not_be_seen_any_more_is_left_out():
    by = an_organiser()
    consultation = an_open_one(by=by)
    close_what_is_due(at=AFTER_CLOSE)
    expand_everything(AFTER_CLOSE)
    notice = Notice.objects.select_related("event").get(kind="consultation.closed")
    published = notice_kind("consultation.published")
    withdraw_consultation(consultation, reason="A mistake.", by=by, at=AFTER_CLOSE)
    assert not published.may_still_see(by, notice.event, AFTER_CLOSE)
    assert published.render(by, [notice], AFTER_CLOSE) == {}
    assert notice_kind("consultation.closed").may_still_see(by, notice.event, AFTER_CLOSE)


def test_many_people_are_told_in_batches_by_rising_id():
    consultation = an_open_one()
    people = [a_person() for _ in range(5)]
    for person in people:
        a_response(consultation, by=person)
    event = Event(kind="consultation.published", data={"consultation": consultation.pk})
    first = Published().people(event, after=0, limit=2)
    rest = Published().people(event, after=first[-1].user_id, limit=10)
    assert [each.user_id for each in [*first, *rest]] == sorted(person.pk for person in people)
    assert Published().people(event, after=rest[-1].user_id, limit=10) == []
