"""What the hot pages cost: the same at 20 posts and at 20,000, with a cold cache and with a warm one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.markdown import RENDER_VERSION
from forum.actions.drafts import save_draft
from forum.actions.notices import put_topic_notice
from forum.actions.polls import put_poll
from forum.actions.reactions import react
from forum.actions.reading import mark_category_read, mark_topic_read
from forum.actions.tags import put_tags
from forum.models import Post, Topic, TopicActivity
from forum.polling import PollPlan
from tests.accounts.factories import FactsFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return FactsFactory().user


def fill(topic: Topic, upto: int) -> None:
    """Posts up to a number, in the shape of real debates: half of them answer an earlier one."""
    authors = [FactsFactory().user for _ in range(5)]
    made = {post.number: post for post in topic.posts.all()}
    rows = []
    for number in range(topic.last_number + 1, upto + 1):
        parent = None if number % 2 else made[max(1, number - 1 - number % 7)]
        post = Post(
            topic=topic,
            number=number,
            parent_number=parent.number if parent else None,
            root_number=parent.root_number if parent else number,
            depth=parent.depth + 1 if parent else 0,
            author=authors[number % 5],
            body="Words.",
            html="<p>Words.</p>",
            render_version=RENDER_VERSION,
            created_at=AT,
        )
        if parent:
            parent.reply_count += 1
        made[number] = post
        rows.append(post)
    Post.objects.bulk_create(rows, batch_size=2000)
    Post.objects.bulk_update([made[1]], ["reply_count"])
    topic.last_number = upto
    topic.save(update_fields=["last_number"])
    TopicActivity.objects.filter(topic=topic).update(reply_count=upto - 1, last_post_number=upto)


@pytest.fixture
def topic(member):
    topic = TopicFactory()
    fill(topic, 20)
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    put_tags(topic, ["rotas", "leave"])
    put_poll(topic.posts.get(number=2), PollPlan("When?", ("Now", "Later"), "single", "always", AT + timedelta(days=9)), at=AT)
    Topic.objects.filter(pk=topic.pk).update(kind="question", solution_number=3)
    react(topic.posts.get(number=1), by=member, kind="agree", at=AT)
    mark_topic_read(topic, by=member, number=5, at=AT)
    put_topic_notice(topic, kind="consultation.open", text="Put to consultation", url="/consultations/1/", at=AT)
    return topic


@pytest.mark.parametrize(("signed_in", "most"), [(False, 6), (True, 9)])
@pytest.mark.parametrize("face", ["topic", "topic_in_time"])
def test_a_topic(client, topic, member, face, signed_in, most):
    if signed_in:
        client.force_login(member)
    url = reverse(f"forum:{face}", args=[topic.pk, topic.slug])
    assert_queries_do_not_grow(url, client, add_rows=lambda: fill(topic, 20_000), at_most=most)


@pytest.mark.parametrize(("signed_in", "most"), [(False, 4), (True, 7)])
def test_a_category(client, member, signed_in, most):
    category = CategoryFactory()
    if signed_in:
        client.force_login(member)
        mark_category_read(category, by=member, at=AT)

    def add_rows() -> None:
        for topic in TopicFactory.create_batch(25, category=category):
            put_topic_notice(topic, kind="x", text="y", url="/y/", at=AT)
            mark_topic_read(topic, by=member, number=1, at=AT)
            put_tags(topic, ["rotas", "leave"])
        TopicFactory(category=category, pinned_until=AT.replace(year=2090))

    TopicFactory(category=category)
    url = reverse("forum:category", args=[category.slug])
    assert_queries_do_not_grow(url, client, add_rows=add_rows, at_most=most)


@pytest.mark.parametrize(("signed_in", "most"), [(False, 2), (True, 6)])
def test_the_list_of_categories(client, member, signed_in, most):
    if signed_in:
        client.force_login(member)
    TopicFactory()
    assert_queries_do_not_grow(reverse("forum:index"), client, add_rows=lambda: TopicFactory.create_batch(5), at_most=most)


def test_posting_a_reply_costs_at_most_fifteen(client, topic, member, settings):
    settings.PACE_REPLIES = 20
    client.force_login(member)
    client.get(topic.get_absolute_url())
    save_draft(by=member, key=f"reply:{topic.pk}:1", seen=0, body="Here", parent_number=1, at=AT)
    url = reverse("forum:reply", args=[topic.pk])
    with CaptureQueriesContext(connection) as told:
        key = "5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b11"
        form = {"body": "Here.", "to": 1, "key": key, "draft_sequence": 1, "draft_key": f"reply:{topic.pk}:1"}
        assert client.post(url, form).status_code == 302
    made = [query["sql"] for query in told if "SAVEPOINT" not in query["sql"]]
    assert len(made) <= 15, "\n".join(made)


def test_a_reader_who_never_came_costs_no_more(client, topic):
    client.force_login(UserFactory())
    assert_queries_do_not_grow(topic.get_absolute_url(), client, add_rows=lambda: None, at_most=9)
