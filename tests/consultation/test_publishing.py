"""Counts, checked against a naive recount."""

import random
from collections import Counter

import pytest

from common.verdicts import Refused
from consultation.actions.closing import close_what_is_due
from consultation.actions.publishing import FateWithoutReason, publish_results, tell_outcome
from consultation.models import Result, State
from tally import Ballot, Profile, count
from tests.consultation.factories import AFTER_CLOSE, DAY, WHILE_OPEN, a_person, a_response, an_open_one, an_organiser

pytestmark = pytest.mark.django_db
PUBLISHED = AFTER_CLOSE + DAY


def results_of(consultation):
    return {result.question.key: result for result in Result.objects.filter(version__consultation=consultation)}


def test_nobody_publishes_before_the_close_nor_twice_nor_without_the_right():
    by = an_organiser()
    consultation = an_open_one(by=by)
    with pytest.raises(Refused, match="after the close"):
        publish_results(consultation, by=by, at=WHILE_OPEN)
    with pytest.raises(Refused, match="closing work is under way"):
        publish_results(consultation, by=by, at=AFTER_CLOSE)
    close_what_is_due(at=AFTER_CLOSE)
    with pytest.raises(Refused, match="Organisers"):
        publish_results(consultation, by=a_person(), at=PUBLISHED)
    published = publish_results(consultation, by=by, at=PUBLISHED)
    assert published.state_at(PUBLISHED) is State.PUBLISHED
    with pytest.raises(Refused, match="published already"):
        publish_results(consultation, by=by, at=PUBLISHED)


def test_counts_only_what_is_current_and_tells_what_is_missing():
    by = an_organiser()
    consultation = an_open_one(by=by)
    amender = a_person()
    a_response(consultation, by=amender, purpose="floor")
    a_response(consultation, by=amender, purpose="spur")
    a_response(consultation, purpose="spur", value="disagree")
    a_response(consultation, purpose="none", why="", route_order=[])
    close_what_is_due(at=AFTER_CLOSE)
    published = publish_results(consultation, by=by, at=PUBLISHED)
    found = results_of(published)
    assert published.responses_counted == 3
    assert found["purpose"].counts["choices"] == [
        ["floor", "Guarantee a floor", "", 0],
        ["spur", "Help to get better", "", 2],
        ["none", "I would rather have none", "", 1],
    ]
    assert (found["why"].n, found["why"].whole, found["why"].counts) == (2, 3, {"n": 2})
    order = found["route-order"].counts
    assert (order["n"], order["ranked"], order["abstained"]) == (3, 2, 1)
    assert {result.digest for result in found.values()} == {published.versions.get().digest}


def test_rankings_agree_with_tally_and_with_a_count_by_hand():
    draw, by = random.Random(7), an_organiser()
    consultation = an_open_one(by=by)
    keys = ["exam", "portfolio", "appraisal"]
    ballots = []
    for _ in range(25):
        order = draw.sample(keys, draw.randint(1, 3))
        ballots.append([order] if len(order) == 2 and draw.random() < 0.4 else [[key] for key in order])
        a_response(consultation, route_order=ballots[-1])
    close_what_is_due(at=AFTER_CLOSE)
    counts = results_of(publish_results(consultation, by=by, at=PUBLISHED))["route-order"].counts
    expected = count(Profile(tuple(keys), tuple(Ballot.of(groups) for groups in ballots)))
    assert sorted(counts["results"]) == sorted(["plurality", "borda", "irv", "schulze"])
    for method, told in counts["results"].items():
        assert told["ranking"] == [list(group) for group in expected[method].ranking]
    firsts = Counter()
    for groups in ballots:
        for key in groups[0]:
            firsts[key] += 1 / len(groups[0])
    told = counts["results"]["plurality"]["scores"]
    assert {key: round(_value(told[key]), 6) for key in keys} == {key: round(firsts[key], 6) for key in keys}
    assert "A written examination" in counts["results"]["irv"]["sentences"][-1]


def _value(told):
    top, _, bottom = str(told).partition("/")
    return int(top) / int(bottom or 1)


def test_nobody_answered_is_a_result_too():
    by = an_organiser()
    consultation = an_open_one(by=by)
    close_what_is_due(at=AFTER_CLOSE)
    found = results_of(publish_results(consultation, by=by, at=PUBLISHED))
    assert {result.n for result in found.values()} == {0}
    assert found["route-order"].counts["results"] == {}


def test_what_became_of_the_options_is_told_with_a_reason():
    by = an_organiser()
    consultation = an_open_one(by=by)
    close_what_is_due(at=AFTER_CLOSE)
    with pytest.raises(Refused, match="once the results are published"):
        tell_outcome(consultation, outcome="We will.", by=by, at=PUBLISHED)
    publish_results(consultation, by=by, at=PUBLISHED)
    with pytest.raises(FateWithoutReason):
        tell_outcome(consultation, outcome="We will.", fates={"exam": ("ruled-out", " ")}, by=by, at=PUBLISHED)
    with pytest.raises(Refused, match="Organisers"):
        tell_outcome(consultation, outcome="We will.", by=a_person(), at=PUBLISHED)
    fates = {"exam": ("ruled-out", "Tests recall."), "portfolio": ("preferred", "To be piloted")}
    told = tell_outcome(consultation, outcome="We **will**.", fates=fates, by=by, at=PUBLISHED)
    assert told.outcome_html == "<p>We <strong>will</strong>.</p>\n"
    tell_outcome(consultation, outcome="We shall.", by=by, at=PUBLISHED)
    assert "anew" in consultation.transitions.last().note
    told = {option.key: (option.fate, option.because) for option in consultation.options.all()}
    assert told == {**fates, "appraisal": ("open", "")}
