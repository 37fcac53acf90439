from datetime import timedelta

import pytest

from digest.ranking import rank_of_debate
from digest.words import span_words
from forum.models import Post
from forum.readers import best_of
from tests.digest.factories import MONDAY
from tests.forum.factories import PostFactory, TopicFactory


def test_a_place_is_told_in_words_and_figures():
    assert rank_of_debate(people=8, reactions=5).words == "8 people wrote (8), 5 reactions count a half (2.5): 10.5 points"
    assert rank_of_debate(people=1, reactions=0).words == "1 person wrote (1), 0 reactions count a half (0): 1 point"


@pytest.mark.django_db
def test_the_database_ranks_by_the_same_points():
    topic = TopicFactory(created_at=MONDAY)
    PostFactory(topic=topic, created_at=MONDAY)
    Post.objects.filter(topic=topic, number=1).update(thanks_count=3)
    (found,) = best_of([topic.category_id], MONDAY, MONDAY + timedelta(days=1), 7)
    assert rank_of_debate(people=found.people_then, reactions=found.reactions_then).points == found.weight == 3.5


def test_the_time_told_of_is_said_as_a_reader_says_it():
    assert span_words(MONDAY - timedelta(days=7), MONDAY) == "this week"
    assert span_words(MONDAY - timedelta(days=1), MONDAY) == "since yesterday"
    assert span_words(MONDAY - timedelta(days=9), MONDAY) == "since 7 November 2026"
