"""Whatever is asked and whatever somebody does with it: the path is one, what lies off it counts nowhere, nothing is lost."""

import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from consultation.actions.answering import save_answers
from consultation.actions.bringing import write_from
from consultation.actions.closing import close_what_is_due
from consultation.actions.opening import NotReadyToOpen
from consultation.actions.publishing import publish_results
from consultation.actions.submitting import IncompleteAnswers, submit_response
from consultation.exchange.reading import read_json
from consultation.exchange.writing import told
from consultation.models import Result
from consultation.paths.walking import path_of
from consultation.questionnaire import Questionnaire, digest
from consultation.readers.answers import as_sent, paper_of
from consultation.readers.exchange import KIND_NAMES, written_of
from consultation.readers.paths import faults_of
from consultation.readers.questionnaires import questionnaire_of
from consultation.readers.receipts import receipt_of
from questions.checking import check
from questions.definitions import InvalidAnswerError
from tests.consultation.factories import AFTER_CLOSE, BEGIN, DAY, OPENED, WHILE_OPEN, a_person, an_organiser, opened
from tests.consultation.random_questionnaires import as_published, questionnaires, walks
from tests.forum.factories import CategoryFactory

NATIONS = ("", "wales", "england")
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
rarely = settings(unhurried, max_examples=5, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def after(steps):
    """What is kept once all of it was done."""
    kept = {}
    for _, key, answer in steps:
        kept = {name: value for name, value in {**kept, key: answer}.items() if value is not None}
    return kept


class TestPure:
    @unhurried
    @given(st.data())
    def test_the_path_is_the_same_again_from_a_file_in_any_order_and_without_what_lies_off_it(self, data):
        questionnaire = as_published(data.draw(questionnaires()))
        kept, facts = after(data.draw(walks(questionnaire))), {"nation": data.draw(st.sampled_from(NATIONS))}
        path = path_of(questionnaire, kept, facts)
        assert path_of(Questionnaire.of(json.loads(json.dumps(questionnaire.as_dict()))), kept, facts) == path
        restored = json.loads(json.dumps(kept))
        assert path_of(questionnaire, dict(reversed(restored.items())), facts) == path
        assert path_of(questionnaire, {key: value for key, value in kept.items() if key in path.keys}, facts) == path
        numbers = [sheet.number for sheet in path.sheets]
        assert numbers == sorted(set(numbers))
        assert all(sheet.questions for sheet in path.sheets)
        for here, there in pairwise(numbers):
            assert (path.after(here), path.before(there)) == (there, here)

    @unhurried
    @given(st.data())
    def test_what_is_said_to_a_question_off_the_path_changes_nothing(self, data):
        questionnaire = as_published(data.draw(questionnaires()))
        steps, facts = data.draw(walks(questionnaire)), {"nation": data.draw(st.sampled_from(NATIONS))}
        path = path_of(questionnaire, after(steps), facts)
        off = [step for step in data.draw(walks(questionnaire)) if step[1] not in path.keys]
        assert path_of(questionnaire, after([*steps, *off]), facts) == path

    @unhurried
    @given(questionnaires())
    def test_a_file_gives_back_what_was_written_and_the_frozen_spelling_stays(self, written):
        once = read_json(json.dumps(told(written), ensure_ascii=False).encode(), kinds=KIND_NAMES)
        assert once == written
        assert told(once) == told(written)
        frozen = as_published(written).as_dict()
        again = Questionnaire.of(json.loads(json.dumps(frozen))).as_dict()
        assert (again, digest(again)) == (frozen, digest(frozen))
        assert digest(as_published(once).as_dict()) == digest(frozen)


@pytest.mark.django_db
class TestKept:
    @rarely
    @given(st.data())
    def test_nothing_is_lost_between_devices_and_only_what_is_on_the_path_is_counted(self, data):
        written = data.draw(questionnaires())
        assume(not faults_of(as_published(written)))
        by = an_organiser()
        consultation = open_one(written, by=by)
        version = consultation.versions.get()
        questionnaire = questionnaire_of(version)
        assert questionnaire.sheets == as_published(written).sheets
        assert digest(json.loads(json.dumps(version.canonical))) == version.digest
        assert read_json(json.dumps(told(written_of(consultation))).encode(), kinds=KIND_NAMES).pages == written.pages
        expected, sent = dict.fromkeys((asked.key for asked in questionnaire.questions), 0), 0
        for nation in data.draw(st.lists(st.sampled_from(NATIONS), min_size=1, max_size=3)):
            member = a_person(facts={"nation": nation} if nation else None)
            steps = data.draw(walks(questionnaire))
            answers = answered(consultation, member, steps, questionnaire, facts={"nation": nation})
            if answers is not None:
                sent += 1
                for key in answers:
                    expected[key] += 1
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=AFTER_CLOSE)
        counted = {result.question.key: (result.n, result.whole) for result in Result.objects.filter(version=version)}
        assert counted == {key: (n, sent) for key, n in expected.items()}


def open_one(written, *, by):
    draft = write_from(written, title="Routes to accreditation", by=by, at=BEGIN)
    try:
        return opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    except NotReadyToOpen as problem:
        raise AssertionError("nothing was said to be wrong with it") from problem


def answered(consultation, member, steps, questionnaire, *, facts):
    """Does what was drawn and sends it; what was sent, by question key, or None where something was missing."""
    for number, (device, key, answer) in enumerate(steps, start=1):
        save_answers(consultation, {key: answer}, by=member, at=WHILE_OPEN, writer=device, sequence=number)
        assert paper_of(member, consultation).given == after(steps[:number]), "another device finds it as it is"
    kept = after(steps)
    if not steps:
        return None
    path = path_of(questionnaire, kept, facts)
    assert paper_of(member, consultation).path == path
    wrong = {asked.key for asked in path.questions if not can_be_taken(asked, kept.get(asked.key))}
    if wrong:
        with pytest.raises(IncompleteAnswers) as problem:
            submit_response(consultation, by=member, at=WHILE_OPEN + DAY)
        assert set(problem.value.errors) == wrong
        assert paper_of(member, consultation).given == kept, "a refusal takes nothing away"
        return None
    response = submit_response(consultation, by=member, at=WHILE_OPEN + DAY)
    sent = dict(response.answers.values_list("question__key", "value"))
    on_it = {asked.key: check(asked, kept.get(asked.key)) for asked in path.questions}
    assert sent == {key: answer for key, answer in on_it.items() if answer is not None}
    assert as_sent(paper_of(member, consultation), member).path == path
    assert receipt_of(response).holds()
    return sent


def can_be_taken(asked, given):
    try:
        check(asked, given)
    except InvalidAnswerError:
        return False
    return True
