"""What is done before the pages open."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import preparing
from search.language import parse
from search.models import Word
from search.readers import did_you_mean
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.django_db


def test_a_slip_of_the_keys_is_recognised_from_the_first_minute_on():
    TopicFactory.create_batch(3, title="Accreditation for all of us", body="Accreditation.")
    assert did_you_mean(parse("accredtation")) == ""
    preparing.count_words()
    assert did_you_mean(parse("accredtation")) == "accreditation"


def test_words_that_are_counted_are_left_to_the_tick():
    Word.objects.create(word="accreditation", times=3)
    with CaptureQueriesContext(connection) as told:
        preparing.count_words()
    assert len(told) == 1
