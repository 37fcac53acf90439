"""Sentences of results, of a control that cannot show what was kept, and of the rest that is pure."""

import pytest
from django.template.loader import render_to_string

from consultation.actions.closing import close_what_is_due
from consultation.actions.options import TooManyOptions, add_option
from consultation.actions.publishing import BooksDoNotBalance, publish_results
from consultation.actions.questionnaire import NotADraftVersion, draft_version
from consultation.calendar import days_left
from consultation.models import Answer, Consultation, Question, Response
from consultation.permissions import can_extend, can_publish, can_tell_outcome, can_withdraw
from consultation.questionnaire import Questionnaire, Sheet
from consultation.readers.outcome import Found, findings
from consultation.readers.overview import minutes_to_answer
from consultation.rendering import control_of
from consultation.wording import topic_line
from questions.definitions import Choice, Definition
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    WHILE_OPEN,
    a_draft,
    a_person,
    a_published_one,
    a_response,
    an_open_one,
    an_organiser,
)

pytestmark = pytest.mark.django_db
PUBLISHED = AFTER_CLOSE + DAY


def found_after(*responses):
    """Findings by key after these answers."""
    by = an_organiser()
    consultation = an_open_one(by=by)
    for answers in responses:
        a_response(consultation, **answers)
    close_what_is_due(at=AFTER_CLOSE)
    return {each.asked.key: each for each in findings(publish_results(consultation, by=by, at=PUBLISHED))}


def test_results_say_who_is_first_and_how_firmly():
    found = found_after(
        {"purpose": "floor", "route_order": [["exam"]], "value": "strongly_agree"},
        {"purpose": "floor", "route_order": [["exam"], ["portfolio"]], "value": "disagree"},
        {"purpose": "none", "route_order": [], "value": "neither"},
    )
    assert found["purpose"].sentence == "“Guarantee a floor” was chosen most, by 2 of 3 (66.7%)."
    assert found["value"].sentence == "Of 3 answers, 1 agree, 1 disagree and 1 do neither."
    assert found["value"].steps == (0, 1, 1, 0, 1)
    order = found["route-order"]
    assert order.sentence == "Every way of counting puts “A written examination” first."
    assert (order.n, order.missing, order.ranked, order.abstained) == (3, 0, 2, 1)
    plurality = order.methods[0]
    assert (plurality.title, plurality.places, plurality.scores) == ("First places", ["1", "2=", "2="], ["2", "0", "0"])


def test_ties_are_told():
    found = found_after(
        {"purpose": "floor", "route_order": [["exam"], ["portfolio"], ["appraisal"]]},
        {"purpose": "spur", "route_order": [["portfolio"], ["exam"], ["appraisal"]]},
    )
    assert "were chosen equally often, by 1 of 2 each" in found["purpose"].sentence
    first = "“A written examination” and “A portfolio of your own work”"
    assert found["route-order"].sentence == f"Every way of counting leaves {first} level in first place."


def test_ways_of_counting_that_disagree_are_told():
    ballots = [[["exam"], ["appraisal"], ["portfolio"]]] * 4
    ballots += [[["portfolio"], ["appraisal"], ["exam"]]] * 3 + [[["appraisal"], ["portfolio"], ["exam"]]] * 2
    found = found_after(*({"route_order": ballot} for ballot in ballots))
    assert found["route-order"].sentence == "The ways of counting do not agree on the first place."
    assert {method.title: method.first for method in found["route-order"].methods}["First places"] == ["A written examination"]


def test_nobody_answered_is_said():
    found = found_after()
    assert found["purpose"].sentence == found["value"].sentence == "Nobody answered this question."
    assert found["route-order"].sentence == "Nobody ranked them."


def test_books_that_do_not_balance_block_publishing():
    by = an_organiser()
    consultation = an_open_one(by=by)
    response, other = a_response(consultation), a_response(a_published_in_the_making(by))
    question = Question.objects.get(version=response.version, key="purpose")
    Answer.objects.filter(response=other, question__key="purpose").delete()
    Answer.objects.create(response=other, question=question, value="floor")
    close_what_is_due(at=AFTER_CLOSE)
    with pytest.raises(BooksDoNotBalance, match="2 answers out of 1 responses"):
        publish_results(consultation, by=by, at=PUBLISHED)
    assert Response.objects.count() == 2


def a_published_in_the_making(by):
    return an_open_one(by=by)


def test_rules_say_why_not():
    by, member = an_organiser(), a_person()
    draft, outcome, open_one = a_draft(by=by), a_published_one(by=by), an_open_one(by=by)
    assert "Organisers" in can_extend(member, open_one, WHILE_OPEN).reason
    assert "Organisers" in can_withdraw(member, open_one).reason
    assert "Organisers" in can_tell_outcome(member, outcome).reason
    assert "they stay" in can_withdraw(by, outcome).reason
    assert "after the close" in can_publish(by, draft, WHILE_OPEN).reason
    open_one.withdrawn_at = WHILE_OPEN
    assert "nothing to publish" in can_publish(by, open_one, AFTER_CLOSE).reason
    assert "withdrawn" in topic_line(open_one, AFTER_CLOSE)
    assert "results are published" in topic_line(outcome, AFTER_CLOSE)


def test_letters_end_with_z_and_a_version_is_there_to_write_in():
    by = an_organiser()
    draft = a_draft(by=by)
    for number in range(23):
        add_option(draft, name=f"Option {number}", by=by, at=BEGIN)
    with pytest.raises(TooManyOptions):
        add_option(draft, name="One too many", by=by, at=BEGIN)
    with pytest.raises(NotADraftVersion):
        draft_version(an_open_one(by=by))


def test_a_control_that_cannot_show_what_was_kept_is_empty():
    asked = Definition("order", "ranking", "?", choices=(Choice("a", "A"), Choice("b", "B")))
    assert control_of(asked, {"groups": "nonsense"}).values["ranked"] == []
    assert [row.choice.key for row in control_of(asked, [["gone"], ["b"]]).values["ranked"]] == ["b"]


def test_small_numbers():
    assert minutes_to_answer(Questionnaire(())) == 1
    assert days_left(AFTER_CLOSE, WHILE_OPEN) == 0
    assert Questionnaire(()).sheet(1) is None


@pytest.mark.parametrize(("mode", "said"), [("named", True), ("confidential", False)])
def test_only_where_names_are_kept_is_it_said_that_they_are(mode, said):
    asked = Definition("why", "long_text", "Why?", longest=100)
    each = Found(Sheet(1, "p", "P", "", (asked,)), asked, 3, 3, "", note="Read by people.")
    drawn = render_to_string("consultation/_found.html", {"each": each, "consultation": Consultation(identity_mode=mode)})
    assert "Read by people." in drawn
    assert ("The institute knows who wrote what" in drawn) == said
