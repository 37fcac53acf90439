"""Both faces of a topic show the same posts, each once; pages by key lose and double nothing while rows arrive."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.models import Post, Topic
from forum.readers import conversations, more_replies, posts_in_time, topic_rows
from forum.readers.level import LEAST, PAGE, Branch
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

VISITOR = AnonymousUser()


def in_conversations(topic: Topic, user=VISITOR) -> list[int]:
    """Every number that is reached by turning pages and pressing every “show more replies”, as often as it is met."""
    found: list[int] = []
    after = 0
    while True:
        page = conversations(topic, user, after=after)
        assert len(page.branches) <= PAGE
        assert sum(size(branch) for branch in page.branches) <= PAGE
        for branch in page.branches:
            found += unfolded(topic, user, branch)
        if not page.next_after:
            return found
        after = page.next_after


def unfolded(topic: Topic, user, branch: Branch) -> list[int]:
    """A branch with everything below it."""
    found = [branch.post.number]
    for reply in branch.replies:
        found += unfolded(topic, user, reply)
    after = branch.last_shown if branch.more else None
    while after is not None:
        more = more_replies(topic, user, parent_number=branch.post.number, after=after)
        for reply in more.branches:
            found += unfolded(topic, user, reply)
        after = more.next_after or None
    return found


def size(branch: Branch) -> int:
    return 1 + sum(size(reply) for reply in branch.replies)


def in_time(topic: Topic, user=VISITOR) -> list[int]:
    return [
        post.number
        for first in range(1, topic.last_number + 1, 20)
        for post in posts_in_time(topic, user, first=first, last=first + 19)
    ]


def grow(topic: Topic, parents: list[int | None], author) -> None:
    """Posts 2, 3, …, each below the post of this number."""
    made = {1: topic.posts.get(number=1)}
    for parent in parents:
        number = topic.last_number + 1
        above = None if parent is None else made[1 + parent % (number - 1)]
        state = {"hidden": True} if number % 11 == 0 else {}
        made[number] = PostFactory(topic=topic, author=author, parent=above, body="x", **state)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parents=st.lists(st.one_of(st.none(), st.integers(0, 200)), max_size=70))
def test_both_faces_show_the_same_posts_each_once(parents):
    topic = TopicFactory()
    grow(topic, parents, topic.author)
    topic.refresh_from_db()
    every = list(range(1, topic.last_number + 1))
    assert in_time(topic) == every
    assert sorted(in_conversations(topic)) == every


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["all answer the first", "a chain", "all roots", "two deep under many"])
def test_extreme_shapes_are_complete(shape):
    topic = TopicFactory()
    parents = {
        "all answer the first": [0] * 90,
        "a chain": list(range(60)),
        "all roots": [None] * 65,
        "two deep under many": [None] * 30 + list(range(1, 31)) + list(range(31, 61)),
    }[shape]
    grow(topic, parents, topic.author)
    topic.refresh_from_db()
    assert sorted(in_conversations(topic)) == in_time(topic) == list(range(1, topic.last_number + 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parents", "sizes"),
    [
        ([None] * 9 + [*range(10)], [2] * 10),
        ([0] * 19, [20]),
        ([0, 0, 0, 0, *[None] * 15], [5, *[1] * 15]),
        ([None] * 40, [1] * 20),
        ([0] * 8 + [None, None, None] + [9] * 8 + [10] * 8 + [11] * 8, [5, 5, 5, 5]),
    ],
    ids=["a pair each", "one and its answers", "twenty in all", "no answers", "many answers to each"],
)
def test_a_page_holds_twenty_posts_and_a_topic_of_twenty_is_whole(parents, sizes):
    topic = TopicFactory()
    grow(topic, parents, topic.author)
    page = conversations(topic, VISITOR)
    assert [size(branch) for branch in page.branches] == sizes
    assert all(size(branch) > min(branch.post.reply_count, LEAST - 1) for branch in page.branches)
    assert bool(page.next_after) == (sum(not parent and parent != 0 for parent in parents) + 1 > len(sizes))


@pytest.mark.django_db
def test_gaps_have_no_place_and_what_waits_is_seen_by_its_author_alone():
    author = UserFactory(member=True)
    topic = TopicFactory()
    PostFactory(topic=topic, state="gap", author=None, body="", html="")
    waiting = PostFactory(topic=topic, author=author, pending=True)
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    topic.refresh_from_db()
    assert in_time(topic) == sorted(in_conversations(topic)) == [1, 4]
    assert in_time(topic, author) == sorted(in_conversations(topic, author)) == [1, waiting.number, 4]


@pytest.mark.django_db
def test_earlier_conversations_are_reached_by_going_back():
    topic = TopicFactory()
    grow(topic, [None] * 50, topic.author)
    last = conversations(topic, VISITOR, after=41)
    assert [branch.post.number for branch in last.branches] == list(range(42, 52))
    before = conversations(topic, VISITOR, before=last.before)
    assert [branch.post.number for branch in before.branches] == list(range(22, 42))
    first = conversations(topic, VISITOR, before=before.before)
    assert [branch.post.number for branch in first.branches] == list(range(2, 22))


@pytest.mark.django_db
def test_a_post_with_many_replies_costs_as_much_as_one_with_few(django_assert_max_num_queries):
    topic = TopicFactory()
    grow(topic, [0] * 80, topic.author)
    with django_assert_max_num_queries(2):
        conversations(topic, VISITOR)
    with django_assert_max_num_queries(2):
        more_replies(topic, VISITOR, parent_number=1, after=20)


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["latest", "newest", "unanswered"])
def test_a_category_s_pages_lose_and_double_nothing_while_topics_arrive(order):
    category = CategoryFactory()
    for number in range(50):
        TopicFactory(category=category, created_at=AT + timedelta(minutes=number // 3))  # some at the very same moment
    there_before = set(Topic.objects.values_list("pk", flat=True))
    met: list[int] = []
    before = ""
    while True:
        _, page = topic_rows(category, VISITOR, order=order, before=before, at=AT)
        met += [row.topic.pk for row in page.rows]
        TopicFactory(category=category, created_at=AT + timedelta(days=1))
        if not page.older:
            break
        before = page.older
    assert len(met) == len(set(met))
    assert set(met) == there_before


@pytest.mark.django_db
def test_going_forward_through_a_category_leads_back_to_where_one_was(client):
    category = CategoryFactory()
    for number in range(45):
        TopicFactory(category=category, created_at=AT + timedelta(minutes=number))
    url = reverse("forum:category", args=[category.slug])

    def titles(query: str) -> list[str]:
        return re.findall(r"Topic number \d+", client.get(url + query).content.decode())

    first = client.get(url)
    second = client.get(url + first.context["older_url"])
    third = client.get(url + second.context["older_url"])
    assert third.context["older_url"] == ""
    assert titles(third.context["newer_url"]) == titles(first.context["older_url"])
    assert titles(second.context["newer_url"]) == titles("")
    assert Post.objects.count() == 45
