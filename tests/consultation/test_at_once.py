"""Two people, or two windows, at one thing of a consultation in the same moment."""

import threading

import pytest
from django.db import connection, transaction

from common.errors import DomainError
from consultation.actions.asked import (
    TakenOffMeanwhile,
    answer_frequent_question,
    correct_consultation,
    move_frequent_question,
    remove_frequent_question,
)
from consultation.actions.holding import hold_open
from consultation.models import FrequentQuestion
from tests.consultation.factories import BEGIN, WHILE_OPEN, a_draft, an_open_one, an_organiser

pytestmark = pytest.mark.django_db(transaction=True)


class Meanwhile(threading.Thread):
    """Somebody else, on a connection of their own; `problem` is what they were told."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.problem = act, None
        self.start()

    def run(self):
        try:
            self.act()
        except DomainError as problem:
            self.problem = problem
        finally:
            connection.close()


def test_whoever_writes_on_the_page_waits_for_no_member_who_answers():
    by = an_organiser()
    consultation = an_open_one(by=by)
    told = {"by": by, "at": WHILE_OPEN}

    def write_on_the_page():
        correct_consultation(consultation, text="The fee is £420.", **told)
        first = answer_frequent_question(consultation, question="Who reads it?", answer="The committee.", **told)
        answer_frequent_question(consultation, question="When?", answer="In May.", **told)
        move_frequent_question(first, "down", **told)
        remove_frequent_question(first, **told)

    with transaction.atomic():
        hold_open(consultation.pk)
        other = Meanwhile(write_on_the_page)
        other.join(5)
        assert not other.is_alive(), "it waits for a member"
    assert [row.question for row in FrequentQuestion.objects.all()] == ["When?"]


def test_a_frequent_question_that_was_taken_off_does_not_come_back_with_other_words():
    by = an_organiser()
    draft = a_draft(by=by)
    row = answer_frequent_question(draft, question="Who reads it?", answer="The committee.", by=by, at=BEGIN)
    other_words = {"question": "Who reads it?", "answer": "Nobody else.", "by": by, "at": BEGIN}
    with transaction.atomic():
        remove_frequent_question(FrequentQuestion.objects.get(), by=by, at=BEGIN)
        other = Meanwhile(lambda: answer_frequent_question(draft, instead_of=row, **other_words))
        other.join(0.3)
    other.join(5)
    assert isinstance(other.problem, TakenOffMeanwhile)
    assert not FrequentQuestion.objects.exists()
