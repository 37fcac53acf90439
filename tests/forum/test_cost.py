"""What the hot pages cost: the same at 20 posts and at 20,000, with a cold cache and with a warm one."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forum.actions.bookmarks import keep_bookmark
from forum.actions.drafts import save_draft
from forum.actions.notices import put_topic_notice
from forum.actions.polls import put_poll
from forum.actions.reactions import react
from forum.actions.reading import mark_category_read, mark_topic_read
from forum.actions.tags import put_tags
from forum.models import Post, Reaction, Topic, TopicActivity
from forum.polling import PollPlan
from forum.views.topics import pages_of
from tests.accounts.factories import FactsFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.querycount import Asked, assert_no_page_grows, assert_queries_do_not_grow, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return FactsFactory().user


def fill(topic: Topic, upto: int) -> None:
    """Posts up to a number, in the shape of real debates: half of them answer an earlier one. By SQL, after the first of the topic."""
    authors = [FactsFactory().user.pk for _ in range(5)]
    places = {post.number: (post.root_number, post.depth) for post in topic.posts.all()}
    answers, parents = Counter[int](), {}
    for number in range(topic.last_number + 1, upto + 1):
        parents[number] = parent = None if number % 2 else max(1, number - 1 - number % 7)
        root, depth = places[parent] if parent else (number, -1)
        places[number] = (root, depth + 1)
        answers[parent or 0] += 1
    made = {
        "number": list(parents),
        "parent_number": list(parents.values()),
        "root_number": [places[number][0] for number in parents],
        "depth": [places[number][1] for number in parents],
        "author_id": [authors[number % 5] for number in parents],
        "reply_count": [answers[number] for number in parents],
    }
    like_the_first = {field.column for field in Post._meta.concrete_fields if not field.generated} - {"id", *made}
    values = [*(f"made.{name}" for name in made), *(f"first.{name}" for name in like_the_first)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO forum_post ({', '.join([*made, *like_the_first])}) SELECT {', '.join(values)} FROM forum_post AS first, "
            f"unnest({', '.join(['%s::bigint[]'] * len(made))}) AS made ({', '.join(made)}) "
            "WHERE first.topic_id = %s AND first.number = 1",
            [*made.values(), topic.pk],
        )
    Post.objects.filter(topic=topic, number=1).update(reply_count=F("reply_count") + answers[1])
    topic.last_number = upto
    topic.save(update_fields=["last_number"])
    TopicActivity.objects.filter(topic=topic).update(reply_count=upto - 1, last_post_number=upto)


@pytest.fixture
def topic(member):
    topic = TopicFactory()
    fill(topic, 20)
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    topic.posts.filter(number=7).update(author=member)  # has a menu of its own
    put_tags(topic, ["rotas", "leave"])
    put_poll(topic.posts.get(number=2), PollPlan("When?", ("Now", "Later"), "single", "always", AT + timedelta(days=9)), at=AT)
    Topic.objects.filter(pk=topic.pk).update(kind="question", solution_number=3)
    react(topic.posts.get(number=1), by=member, kind="agree", at=AT)
    mark_topic_read(topic, by=member, number=5, at=AT)
    put_topic_notice(topic, kind="consultation.open", text="Put to consultation", url="/consultations/1/", at=AT)
    return topic


def test_what_is_asked_for_most_costs_the_same_at_20_posts_and_at_20_000(client, topic, member):
    """Topics in both faces, category, front page and search, for a visitor and a member; and posting."""
    reader = Client()
    reader.force_login(member)
    urls = [reverse(f"forum:{face}", args=[topic.pk, topic.slug]) for face in ("topic", "topic_in_time")]
    pages = [Asked(url, who, most) for url in urls for who, most in ((client, 6), (reader, 9))]
    category, search = reverse("forum:category", args=[topic.category.slug]), f"{reverse('search:results')}?q=word"
    for url, visitor, most in (("/", 5, 8), (category, 4, 7), (search, 5, 8)):
        pages += [Asked(url, client, visitor), Asked(url, reader, most)]
    few = posted_by(reader, topic, 1)
    assert_no_page_grows(pages, add_rows=lambda: fill(Topic.objects.get(pk=topic.pk), 20_000))
    assert posted_by(reader, topic, 2) <= few <= 15
    for where in ("page=500", "after=10000", f"page={pages_of(Topic.objects.get(pk=topic.pk))}"):
        for url in urls:
            for who, most in ((client, 6), (reader, 9)):
                made = statements(f"{url}?{where}", who)
                assert len(made) <= most, f"{url}?{where} costs {len(made)}:\n" + "\n".join(made)


def posted_by(reader: Client, topic: Topic, number: int) -> int:
    """How many statements a reply costs."""
    form = {"body": "Here.", "key": f"5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b0{number}"}
    with CaptureQueriesContext(connection) as told:
        assert reader.post(reverse("forum:reply", args=[topic.pk]), form).status_code == 302
    return len([query for query in told if "SAVEPOINT" not in query["sql"]])


@pytest.fixture
def ids_of_seven_digits():
    """Of topics, posts and people made from now on. No sequence is set back: what pages keep in the cache goes by these numbers."""
    with connection.cursor() as cursor:
        for table in ("forum_topic", "forum_post", "accounts_user"):
            cursor.execute(f"SELECT setval('{table}_id_seq', greatest(last_value, 7654321)) FROM {table}_id_seq")


@pytest.mark.parametrize("posts", [20, 20_000])
def test_a_page_of_twenty_posts_weighs_at_most_60_kb(client, ids_of_seven_digits, posts):
    """Of either face, for a visitor and for a member; also where most are answers, each was reacted to in every way, and
    bookmarked, and the forum is no longer young."""
    member = FactsFactory().user
    said = "We tried a shared rota for a year, and the partners asked for the evidence in writing before they would pay. " * 4
    topic = TopicFactory(body=said)
    fill(topic, posts)
    counts = {f"{kind}_count": 12 for kind in ("agree", "thanks", "insightful", "disagree")}
    topic.posts.update(**counts)
    for post in topic.posts.exclude(author=member).in_time()[:100]:
        keep_bookmark(post, by=member, at=AT)
    mine = topic.posts.filter(number__lte=200)
    Reaction.objects.bulk_create(Reaction(post=post, user=member, kind="thanks", created_at=AT) for post in mine)
    mark_topic_read(topic, by=member, number=1, at=AT)
    reader = Client()
    reader.force_login(member)
    for face in ("topic", "topic_in_time"):
        url = reverse(f"forum:{face}", args=[topic.pk, topic.slug])
        pages = {who: browser.get(url).content for who, browser in (("visitor", client), ("member", reader))}
        assert {who: page.count(b'class="post-foot"') for who, page in pages.items()} == {"visitor": 20, "member": 20}, face
        assert pages["member"].count(b'name="say"') == 4 * 20, "every button is there"
        assert max(map(len, pages.values())) <= 60_000, (face, {who: len(page) for who, page in pages.items()})


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


WRITES = re.compile(r"^\s*(?:WITH\b.*\b)?(?:INSERT INTO|UPDATE|DELETE FROM|SELECT\b.*\bFOR (?:NO KEY )?UPDATE)\b", re.DOTALL)


@pytest.mark.parametrize("signed_in", [False, True])
def test_who_only_reads_writes_nothing(client, topic, member, signed_in):
    if signed_in:
        client.force_login(member)
    urls = [
        "/",
        topic.get_absolute_url(),
        *(reverse(f"forum:{name}") for name in ("index", "latest", "top")),
        reverse("forum:topic_in_time", args=[topic.pk, topic.slug]),
        reverse("forum:category", args=[topic.category.slug]),
        *(reverse(f"forum:{name}", args=[topic.pk]) for name in ("topic_feed", "print")),
        *(reverse(f"forum:{name}", args=[topic.pk, 1]) for name in ("post", "post_part", "replies", "raw")),
        reverse("search:results") + "?q=thought",
    ]
    for url in urls:
        with CaptureQueriesContext(connection) as told:
            assert client.get(url).status_code in {200, 302}, url
        assert [query["sql"] for query in told if WRITES.match(query["sql"])] == [], url


def test_a_reader_who_never_came_costs_no_more(client, topic):
    client.force_login(UserFactory())
    assert_queries_do_not_grow(topic.get_absolute_url(), client, add_rows=lambda: None, at_most=9)
