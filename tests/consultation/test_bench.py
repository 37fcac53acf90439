"""What `make bench` works out over all responses runs against the code as it is."""

import pytest

from bench import answering
from tests.consultation.factories import a_published_one, an_organisations_answer, one_for_others

pytestmark = pytest.mark.django_db


def test_every_count_of_the_bench_comes_out():
    consultation = a_published_one(answers=2)
    told = {name.partition(",")[0]: count() for name, count in answering.counts().items()}
    assert set(told) == {"figures of a morning", "counting every answer"}
    answered = sum(len(response.answers.all()) for response in consultation.responses.all())
    assert told["counting every answer"] == answered > 2


def test_counts_members_alone():
    consultation = one_for_others()
    an_organisations_answer(consultation)
    assert answering.count_answers(consultation) == 0
