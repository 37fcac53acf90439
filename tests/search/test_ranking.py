from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from forum.models import Post, Topic
from search import ranking
from search.readers.matching import ages, weight
from tests.forum.factories import PostFactory, TopicFactory

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
TEXT = st.floats(0, 5, allow_nan=False)


@given(TEXT, st.integers(0, 9000), st.booleans(), st.integers(0, 10_000))
def test_is_never_less_than_the_words_alone_and_never_three_times_as_much(text, days, accepted, thanked):
    plain = text * ranking.SCALE
    assert round(plain) <= ranking.score(text, days=days, accepted=accepted, thanked=thanked) <= plain * 2 * 2 + 1


@given(TEXT, st.integers(0, 9000), st.integers(0, 100))
def test_newer_thanked_and_accepted_never_count_less(text, days, thanked):
    told = {"days": days, "accepted": False, "thanked": thanked}
    least = ranking.score(text, **told)
    assert ranking.score(text, **told | {"days": max(0, days - 100)}) >= least
    assert ranking.score(text, **told | {"accepted": True}) >= least
    assert ranking.score(text, **told | {"thanked": thanked + 5}) >= least


@pytest.mark.django_db
def test_the_database_computes_the_same():
    topic = TopicFactory(title="Lighthouse keepers", body="A lighthouse by the sea", created_at=NOW - timedelta(days=800))
    second = PostFactory(topic=topic, body="Another lighthouse", created_at=NOW - timedelta(hours=2))
    PostFactory(topic=topic, body="lighthouse, lighthouse", created_at=NOW - timedelta(days=30, hours=20))
    Post.objects.filter(pk=second.pk).update(thanks_count=7, insightful_count=2, imported_likes=1)
    Topic.objects.filter(pk=topic.pk).update(solution_number=3)
    for post in Post.objects.filter(topic=topic).annotate(score=weight("lighthouse", at=NOW)).select_related("topic"):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ts_rank(p.search, q, 1) + CASE WHEN p.number = 1 THEN %s * ts_rank(t.search, q, 1) ELSE 0 END "
                "FROM forum_post p JOIN forum_topic t ON t.id = p.topic_id, to_tsquery('english', 'lighthouse') q WHERE p.id = %s",
                [ranking.TITLE_WEIGHT, post.pk],
            )
            text = cursor.fetchone()[0]
        told = ranking.score(
            text,
            days=ages(NOW, post.created_at),
            accepted=post.number == 3,
            thanked=post.thanks_count + post.insightful_count + post.imported_likes,
        )
        assert post.score == pytest.approx(told, abs=2), post.number
