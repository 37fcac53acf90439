import logging
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions.feeds import end_feed_token, make_feed_token
from accounts.actions.roles import revoke_role
from accounts.models import Block, FeedToken
from accounts.tokens import feed_reader
from common.logs import WithoutSecrets
from common.verdicts import Refused
from forum.atom import whole_links
from forum.models import Post, Tag, TopicTag
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _nobody_asked_before():
    cache.clear()


def address(name: str, *args: object) -> str:
    return reverse(f"forum:{name}", args=args)


def read(response) -> ElementTree.Element:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def titles(response) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in read(response).findall(f"{ATOM}entry")]


def test_a_topic_s_newest_posts_come_whole_with_links_that_lead_here_from_anywhere(client, settings):
    topic = TopicFactory(title="Telephones", body="See [this](/forum/) & <b>that</b>.")
    PostFactory(topic=topic, body="And *I* say so.", created_at=AT + timedelta(hours=1))
    feed = read(client.get(address("topic_feed", topic.pk)))
    newest, first = feed.findall(f"{ATOM}entry")
    assert newest.findtext(f"{ATOM}title") == "Telephones, #2"
    assert newest.findtext(f"{ATOM}updated") == "2026-11-02T10:00:00+00:00"
    assert "<em>I</em>" in newest.findtext(f"{ATOM}content")
    content = first.findtext(f"{ATOM}content")
    assert f'href="{settings.SITE_URL}/forum/"' in content
    assert "&lt;b&gt;that" in content, "what was typed as markup stays text"
    assert first.findtext(f"{ATOM}author/{ATOM}name") == str(topic.author)
    assert first.find(f"{ATOM}link").get("href") == f"{settings.SITE_URL}{topic.posts.get(number=1).get_absolute_url()}"


def test_ids_stay_when_a_topic_is_renamed_and_edited(client):
    topic = TopicFactory()
    before = read(client.get(address("topic_feed", topic.pk)))
    topic.title, topic.slug = "Another name", "another-name"
    topic.save()
    Post.objects.filter(topic=topic).update(revision=2, edited_at=AT + timedelta(days=1))
    after = read(client.get(address("topic_feed", topic.pk)))
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}entry/{ATOM}id") == before.findtext(f"{ATOM}entry/{ATOM}id")
    assert after.findtext(f"{ATOM}entry/{ATOM}updated") > before.findtext(f"{ATOM}entry/{ATOM}updated")
    assert before.findtext(f"{ATOM}id").startswith("tag:")


def test_a_category_and_a_tag_give_the_newest_thirty_topics(client):
    category, tag = CategoryFactory(slug="pay"), Tag.objects.create(slug="qof", name="QOF")
    topics = [TopicFactory(category=category, title=f"Topic {n}", created_at=AT + timedelta(hours=n)) for n in range(32)]
    TopicTag.objects.bulk_create(TopicTag(topic=topic, tag=tag) for topic in topics)
    for url in (address("category_feed", "pay"), address("tag_feed", "qof")):
        assert titles(client.get(url)) == [f"Topic {n}" for n in range(31, 1, -1)]


def test_nothing_comes_that_is_not_on_show(client, member):
    topic = TopicFactory(body="open")
    PostFactory(topic=topic, hidden=True, body="secret")
    PostFactory(topic=topic, withdrawn=True, body="secret")
    PostFactory(topic=topic, pending=True, author=member, body="secret")
    hidden = TopicFactory(category=topic.category, hidden=True, title="secret")
    client.force_login(member)
    for url in (address("topic_feed", topic.pk), address("category_feed", topic.category.slug)):
        assert b"secret" not in client.get(url).content
    assert client.get(address("topic_feed", hidden.pk)).status_code == 404


def test_a_tag_of_topics_one_may_not_know_of_is_known_to_nobody(client):
    tag = Tag.objects.create(slug="merger", name="The merger")
    TopicTag.objects.create(topic=TopicFactory(members_only=True), tag=tag)
    assert client.get(address("tag_feed", "merger")).status_code == 404
    assert client.get(address("tag_feed", "no-such-tag")).status_code == 404


def test_a_pseudonym_s_post_comes_under_its_label(client):
    topic = TopicFactory()
    post = PostFactory(topic=topic, by_persona=True, body="my partners read this")
    entry = read(client.get(address("topic_feed", topic.pk))).findall(f"{ATOM}entry")
    assert post.persona.label in [each.findtext(f"{ATOM}author/{ATOM}name") for each in entry]


def test_is_not_sent_again_unless_something_changed_or_was_taken_down(client):
    topic = TopicFactory()
    second = PostFactory(topic=topic, created_at=AT - timedelta(days=3))
    url = address("topic_feed", topic.pk)
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Post.objects.filter(pk=second.pk).update(state="withdrawn", removed_at=AT)
    told = {"If-None-Match": first["ETag"], "If-Modified-Since": first["Last-Modified"]}
    assert client.get(url, headers=told).status_code == 200


def test_the_secret_opens_what_its_owner_may_read_and_is_kept_as_a_digest(client, member):
    topic = TopicFactory(members_only=True, title="Pay", body="for members")
    token = make_feed_token(by=member, at=AT)
    assert token not in str(FeedToken.objects.values_list())
    assert client.get(address("topic_feed", topic.pk)).status_code == 404
    for name, what in (("own_topic_feed", topic.pk), ("own_category_feed", topic.category.slug)):
        response = client.get(address(name, token, what))
        assert titles(response) == ["Pay"]
        assert token not in response.content.decode()
        assert response["Cache-Control"] == "private, no-cache"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]


def test_the_secret_opens_nothing_but_feeds(client, member):
    token = make_feed_token(by=member, at=AT)
    client.get(address("own_category_feed", token, CategoryFactory().slug))
    assert client.get(reverse("forum:mine")).status_code == 302, "nobody is signed in by it"
    assert client.post(address("own_category_feed", token, "x")).status_code == 405


@pytest.mark.parametrize("end", ["lapsed", "suspended", "deactivated", "ended", "made anew"])
def test_the_secret_opens_nothing_once_its_owner_may_no_longer(client, member, end):
    category = CategoryFactory(members_only=True)
    token = make_feed_token(by=member, at=AT)
    assert client.get(address("own_category_feed", token, category.slug)).status_code == 200
    if end == "lapsed":
        revoke_role(member, role="member", by=None, at=timezone.now())
    elif end == "suspended":
        until, moderator = timezone.now() + timedelta(days=3), UserFactory(moderator=True)
        member.sanctions.create(kind="suspension", reason="Loud.", imposed_at=AT, imposed_by=moderator, ends_at=until)
    elif end == "deactivated":
        member.is_active = False
        member.save()
    elif end == "ended":
        end_feed_token(by=member)
    else:
        make_feed_token(by=member, at=AT)
    assert client.get(address("own_category_feed", token, category.slug)).status_code == 404


def test_a_secret_of_nobody_s_is_not_found(client):
    assert client.get(address("own_category_feed", "x" * 30, CategoryFactory().slug)).status_code == 404
    assert feed_reader("\ud800") is None


def test_somebody_without_a_membership_has_no_feeds_of_their_own():
    with pytest.raises(Refused, match="members"):
        make_feed_token(by=UserFactory(), at=AT)


def test_whom_one_blocked_is_not_in_one_s_own_feed(client, member):
    topic = TopicFactory(title="Loud")
    Block.objects.create(user=member, blocked=topic.author, created_at=AT)
    token = make_feed_token(by=member, at=AT)
    assert titles(client.get(address("own_topic_feed", token, topic.pk))) == []


def test_the_log_does_not_keep_the_secret():
    record = logging.LogRecord("x", logging.WARNING, "", 1, "Not Found: %s", ("/feeds/own/abc-DEF/topics/1/",), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "Not Found: /feeds/own/-/topics/1/"
    record = logging.LogRecord("x", logging.WARNING, "", 1, "/search/own/abc-DEF/?q=x", (), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "/search/own/-/?q=x"


def test_asking_too_often_is_refused(client, settings):
    settings.FEEDS_PER_MINUTE = 2
    url = address("category_feed", CategoryFactory().slug)
    assert [client.get(url).status_code for _ in range(3)] == [200, 200, 429]


def test_costs_the_same_for_one_topic_and_for_thirty(client, member):
    category = CategoryFactory(members_only=True)
    token = make_feed_token(by=member, at=AT)

    def more():
        for _ in range(30):
            TopicFactory(category=category, author=member)

    assert_queries_do_not_grow(address("own_category_feed", token, category.slug), client, add_rows=more, at_most=3)


def test_the_page_shows_the_addresses_once(client, member):
    CategoryFactory(members_only=True, slug="pay")
    CategoryFactory(private=True, slug="panel")
    client.force_login(member)
    assert "Make the addresses" in client.get(reverse("forum:own_feeds")).content.decode()
    made = client.post(reverse("forum:make_own_feeds"))
    html = made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert "/categories/pay/" in html and "/categories/panel/" not in html
    client.logout()
    url = html.split("<code>", 1)[1].split("</code>", 1)[0]
    assert client.get(url).status_code == 200
    client.force_login(member)
    assert "/feeds/own/" not in client.get(reverse("forum:own_feeds")).content.decode()
    client.post(reverse("forum:end_own_feeds"))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ('<a href="/x" rel="n">y</a>', '<a href="S/x" rel="n">y</a>'),
        ('<a rel="n" href="//x">y</a>', '<a rel="n" href="//x">y</a>'),
        ('<img alt="" src="/f">', '<img alt="" src="S/f">'),
        ('<p>&lt;a href="/x"&gt;</p>', '<p>&lt;a href="/x"&gt;</p>'),
    ],
)
def test_only_links_of_marks_are_made_whole(html, whole, settings):
    settings.SITE_URL = "S"
    assert whole_links(html) == whole


def test_the_database_keeps_no_secret_as_it_is(member):
    with pytest.raises(IntegrityError, match="feed_token_is_kept_as_a_digest"), transaction.atomic():
        FeedToken.objects.create(user=member, digest="a secret", made_at=AT)


def test_below_what_is_not_for_everybody_the_link_leads_to_a_feed_that_a_program_can_read(client):
    """A program cannot sign in: the public address of such a feed gives it nothing."""
    client.force_login(UserFactory(member=True))
    topic = TopicFactory(members_only=True)
    for page in (topic.get_absolute_url(), reverse("forum:category", args=[topic.category.slug])):
        html = client.get(page).content.decode().partition("<body")[2]
        assert f'href="{reverse("forum:own_feeds")}"' in html
        assert "/feed/" not in html
