"""Filters, counts and what is kept: nothing tells of what the reader may not see."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.roles import revoke_role
from forum.actions.tags import rename_tag
from forum.models import Post, Tag, Topic, TopicTag
from forum.readers.posts import seen_alone
from search.language import parse
from search.readers import matching
from search.readers.posts import Posts
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("search:results")


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


@pytest.fixture
def member():
    return UserFactory(member=True)


def find(user, words, *, newest=False):
    return Posts().find(user, parse(words), newest=newest, after=None, at=timezone.now())


def numbers(user, words) -> list[int]:
    return sorted(found.number for found in find(user, words).rows)


def count_on(html: str) -> str:
    return re.search(r'<span role="status">(.*?)</span>', html)[1]


@pytest.fixture
def debate(member):
    """1: a question about an exam, by Hester; 2: by a pseudonym; 3: by Hester, accepted."""
    hester = UserFactory(member=True, handle="hester-quill")
    topic = TopicFactory(
        author=hester, kind="question", title="An exam for managers", body="Who pays?", category=CategoryFactory(slug="pay"),
        created_at=datetime(2026, 5, 1, 9, tzinfo=UTC),
    )  # fmt: skip
    PostFactory(
        topic=topic,
        author=None,
        persona=PersonaFactory(topic=topic),
        body="the exam pays",
        created_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    PostFactory(topic=topic, author=hester, body="exam and pay", created_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    Topic.objects.filter(pk=topic.pk).update(solution_number=3)
    TopicTag.objects.create(topic=topic, tag=Tag.objects.create(slug="cost", name="Cost"))
    TopicFactory(title="Another exam", body="exam", created_at=datetime(2026, 8, 1, tzinfo=UTC))
    return topic


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("exam category:pay", [1, 2, 3]),
        ("exam author:hester-quill", [1, 3]),
        ("author:hester-quill", [1, 3]),
        ("exam tag:cost", [1, 2, 3]),
        ("exam tag:none", []),
        ("exam is:accepted", [3]),
        ("exam is:answered is:question", [1, 2, 3]),
        ("exam is:unanswered", []),
        ("exam in:title", [1, 1]),
        ("pays in:title", []),
        ("exam before:2026-06-01 category:pay", [1]),
        ("exam after:2026-06 before:2026-07", [2]),
        ("exam after:2026-07-01", [1, 3]),
        ("managers pays", [1]),
        ("exam -pay category:pay", []),
        ("category:pay in:title", [1]),
        ("is:question", [1]),
        ("is:answered category:pay", [1]),
        ("is:answered is:accepted", [3]),
        ("exam after:1/6/2026 before:01.07.2026 category:pay", [2]),
    ],
)
def test_filters_narrow_what_is_found(member, debate, words, found):
    """30 June, 23:30 UTC, is 1 July in London."""
    assert numbers(member, words) == found


def test_a_tag_is_found_by_what_it_was_called_before(member, debate):
    rename_tag(Tag.objects.get(slug="cost"), by=UserFactory(moderator=True), name="What it costs", at=timezone.now())
    assert numbers(member, "tag:cost") == numbers(member, "tag:what-it-costs") == [1, 2, 3]
    again = TopicFactory(title="Cost anew")
    TopicTag.objects.create(topic=again, tag=Tag.objects.create(slug="cost", name="Cost"))
    assert find(member, "tag:cost", newest=True).total == 1


def test_no_search_by_author_finds_or_tells_of_a_pseudonym(client, member):
    author = UserFactory(member=True, handle="known-name", display_name="Known Name")
    topic = TopicFactory(body="open")
    PostFactory(topic=topic, by_persona=True, body="lighthouse")
    for words in ("lighthouse author:known-name", "author:known-name", f"lighthouse author:{topic.author.handle}"):
        assert [found for found in find(author, words).rows if found.is_persona] == []
        html = client.get(PAGE, {"q": words}).content.decode()
        assert "lighthouse</mark>" not in html


def test_by_a_pseudonym_or_a_name_a_post_has_the_same_place(member):
    """A score that knew the author would tell who hides behind a pseudonym."""
    topic = TopicFactory(body="open")
    PostFactory(topic=topic, author=UserFactory(member=True, director=True), body="lighthouse")
    PostFactory(topic=topic, by_persona=True, body="lighthouse")
    scores = Post.objects.filter(topic=topic, number__gt=1).annotate(score=matching.weight("lighthouse", at=timezone.now()))
    assert len(set(scores.values_list("score", flat=True))) == 1


def test_what_may_not_be_seen_is_not_counted(client, member):
    topic = TopicFactory(title="Lighthouse")
    for traits in ({"hidden": True}, {"withdrawn": True}, {"pending": True}):
        PostFactory(topic=topic, body="lighthouse", **traits)
    TopicFactory(members_only=True, title="Lighthouse pay", body="lighthouse")
    TopicFactory(hidden=True, title="Lighthouse gone", body="lighthouse")
    TopicFactory(category=CategoryFactory(private=True), title="Lighthouse panel", body="lighthouse")
    assert count_on(client.get(PAGE, {"q": "lighthouse"}).content.decode()) == "1 match"
    client.force_login(member)
    assert count_on(client.get(PAGE, {"q": "lighthouse"}).content.decode()) == "2 matches"


def test_filters_tell_nothing_of_what_may_not_be_seen(client):
    """A private category, its tag and a word of it are answered as one that there never was."""
    private = TopicFactory(category=CategoryFactory(private=True, slug="panel", name="The panel"), body="lighthouse")
    TopicTag.objects.create(topic=private, tag=Tag.objects.create(slug="merger", name="Merger"))
    for real, made_up in (("category:panel", "category:nowhere"), ("tag:merger", "tag:nowhere"), ("lighthouse", "nowhere")):
        pages = [client.get(PAGE, {"q": words}).content.decode() for words in (real, made_up)]
        shown = [page.replace(real, "").replace(real.split(":")[-1], "").replace(made_up.split(":")[-1], "") for page in pages]
        shown = [re.sub(r"(category|tag)(:|%3A|%253A)", "", page) for page in shown]
        assert shown[0] == shown[1]


def test_what_was_taken_down_a_moment_ago_is_not_on_the_page_that_was_kept(client):
    topic = TopicFactory(body="open")
    post = PostFactory(topic=topic, body="lighthouse secret")
    assert b"secret" in client.get(PAGE, {"q": "lighthouse"}).content
    Post.objects.filter(pk=post.pk).update(state="withdrawn", removed_at=timezone.now())
    page = client.get(PAGE, {"q": "lighthouse"}).content.decode()
    assert "secret" not in page
    assert count_on(page) == "Nothing found", "nor counted"


def test_what_is_kept_for_one_reader_is_not_given_to_another_nor_after_a_right_ended(client, member):
    TopicFactory(members_only=True, body="lighthouse")
    client.force_login(member)
    assert count_on(client.get(PAGE, {"q": "lighthouse"}).content.decode()) == "1 match"
    revoke_role(member, role="member", by=None, at=timezone.now())
    assert count_on(client.get(PAGE, {"q": "lighthouse"}).content.decode()) == "Nothing found"
    client.logout()
    assert count_on(client.get(PAGE, {"q": "lighthouse"}).content.decode()) == "Nothing found"


def test_the_order_of_a_search_is_kept_for_all_of_one_standing(client, member):
    TopicFactory(body="lighthouse", members_only=True)
    find(member, "lighthouse")
    with CaptureQueriesContext(connection) as asked:
        assert find(UserFactory(member=True), "lighthouse").total == 1
    assert not [query for query in asked if "ts_rank" in query["sql"]]


def test_what_only_its_author_may_see_is_found_by_them_and_by_nobody_else_of_their_standing(member):
    other = UserFactory(member=True)
    on_show, waits = TopicFactory(body="lighthouse"), TopicFactory(body="lighthouse", pending=True, author=member)
    PostFactory(topic=on_show, body="lighthouse", author=member, pending=True)
    PostFactory(topic=waits, body="lighthouse answered by a moderator")
    for reader, found in ((member, 4), (other, 1), (member, 4), (AnonymousUser(), 1)):  # each after what the last one left
        assert find(reader, "lighthouse").total == found
    assert seen_alone(other) == []


def test_of_a_common_word_the_newest_are_ranked_and_the_count_says_so(client, member, monkeypatch):
    monkeypatch.setattr(matching, "MOST", 5)
    monkeypatch.setattr("search.readers.posts.MOST", 5)
    topic = TopicFactory(title="Lighthouse", body="lighthouse")
    for number in range(8):
        PostFactory(topic=topic, body="lighthouse", created_at=topic.created_at + timedelta(hours=number))
    found = find(member, "lighthouse")
    assert (found.total, found.is_all) == (5, False)
    assert sorted(row.number for row in found.rows) == [4, 5, 6, 7, 8, 9]
    assert "5+ matches" in client.get(PAGE, {"q": "lighthouse"}).content.decode()


def test_an_accepted_answer_comes_before_its_equals(member):
    topic = TopicFactory(body="open")
    for _ in range(3):
        PostFactory(topic=topic, body="lighthouse")
    Topic.objects.filter(pk=topic.pk).update(solution_number=3)
    assert [row.number for row in find(member, "lighthouse").rows] == [3, 4, 2]
    cache.clear()
    assert [row.number for row in find(member, "lighthouse", newest=True).rows] == [4, 3, 2]


def test_the_choices_write_the_words(client, debate):
    told = {"text": "exam", "category": "pay", "after": "2026-05", "states": ["question", "answered"], "in_title": "on"}
    answer = client.get(PAGE, told)
    assert answer.status_code == 302
    html = client.get(answer["Location"]).content.decode()
    assert 'value="exam category:pay after:2026-05-01 in:title is:question is:answered"' in html
    assert '<option value="pay" selected>' in html


def test_a_wrong_choice_is_told_beside_its_field_and_the_rest_looked_for(client, debate):
    for told in ({"text": "exam", "after": "soon", "category": "pay"}, {"q": "exam after:soon category:pay"}):
        html = client.get(PAGE, told).content.decode()
        assert "Error: " in html.split("</title>")[0]
        assert re.search(r'value="soon"[^>]*aria-invalid="true"', html)
        assert count_on(html) == "3 matches"


def test_other_names_are_looked_for_and_told_unless_in_quotation_marks(client):
    TopicFactory(title="One", body="Our primary care network pays.")
    html = client.get(PAGE, {"q": "pcn"}).content.decode()
    assert "Also looked for: primary care network" in html and count_on(html) == "1 match"
    html = client.get(PAGE, {"q": '"pcn"'}).content.decode()
    assert "Also looked for" not in html and count_on(html) == "Nothing found"


def test_a_search_can_be_followed(client, debate, settings):
    url = reverse("search:feed")
    text = client.get(url, {"q": "exam category:pay"}).content.decode()
    assert text.count("<entry>") == 3
    assert text.index("#3") < text.index("#2")
    assert client.get(url).status_code == 404
    assert client.get(url, {"q": "x" * 400}).status_code == 404


@pytest.mark.parametrize("query", [{"q": "a", "in": "nothing"}, {"q": "a", "beyond": "x"}])
def test_an_address_of_nothing_is_not_found(client, query):
    assert client.get(PAGE, query).status_code == 404
