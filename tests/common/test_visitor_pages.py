"""Whole pages kept for visitors: fast, out of date by a second at most, and never wrong about who may see what."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.visitor_pages import kept_for_visitors, page_key
from forum.actions.topics import hide_topic
from forum.models import Category, Topic
from tests.accounts.factories import FactsFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(settings, monkeypatch):
    settings.VISITOR_PAGES_KEPT_FOR = 60  # long enough for a slow machine; what is in force is a second
    cache.clear()
    monkeypatch.setattr("common.visitor_pages._AT_HAND", {})


@pytest.fixture
def topic():
    topic = TopicFactory(title="Routes to accreditation")
    PostFactory(topic=topic, body="Somebody's words.")
    return topic


def cost(client, url):
    with CaptureQueriesContext(connection) as told:
        response = client.get(url)
    return response, len(told)


@pytest.mark.parametrize("page", ["topic", "topic_in_time", "category", "index", "home"])
def test_the_second_visitor_costs_one_statement_and_gets_the_same(client, topic, page):
    urls = {
        "topic": topic.get_absolute_url(),
        "topic_in_time": reverse("forum:topic_in_time", args=[topic.pk, topic.slug]),
        "category": reverse("forum:category", args=[topic.category.slug]),
        "index": reverse("forum:index"),
        "home": reverse("home"),
    }
    first, _ = cost(client, urls[page])
    second, statements = cost(client, urls[page])
    assert second.content == first.content
    assert statements == 1
    assert "Cookie" in second.headers["Vary"]
    assert b"csrfmiddlewaretoken" not in second.content


def test_towards_its_end_one_visitor_draws_it_for_all(client, topic, monkeypatch):
    drawn, now = [], [1_000.0]
    monkeypatch.setattr("common.visitor_pages.time.time", lambda: now[0])

    @kept_for_visitors(lambda request: "seen")
    def page(request):
        drawn.append(now[0])
        now[0] += 1  # it takes a while, and meanwhile others come
        if len(drawn) == 2:
            assert page(RequestFactory().get("/page/")).content == b"1"
        return HttpResponse(str(len(drawn)))

    told = []
    for moment in (1_000.0, 1_030.0, 1_050.0, 1_055.0, 1_100.0):
        now[0] = moment
        told.append(page(RequestFactory().get("/page/")).content)
    assert told == [b"1", b"1", b"2", b"2", b"3"]
    assert drawn == [1_000.0, 1_050.0, 1_100.0]


def test_a_topic_taken_off_is_gone_at_once(client, topic):
    client.get(topic.get_absolute_url())
    hide_topic(topic, by=UserFactory(moderator=True), reason="Names a patient", at=AT)
    assert client.get(topic.get_absolute_url()).status_code == 404


def test_a_category_that_closes_takes_its_topics_along_at_once(client, topic):
    client.get(topic.get_absolute_url())
    client.get(reverse("forum:category", args=[topic.category.slug]))
    client.get(reverse("home"))
    Category.objects.filter(pk=topic.category_id).update(access="members")
    assert client.get(topic.get_absolute_url()).status_code == 404
    assert client.get(reverse("forum:category", args=[topic.category.slug])).status_code == 404
    assert topic.title not in client.get(reverse("home")).content.decode()


def test_a_new_title_and_a_new_reply_show_at_once(client, topic):
    client.get(topic.get_absolute_url())
    Topic.objects.filter(pk=topic.pk).update(title="Another title")
    assert "Another title" in client.get(topic.get_absolute_url()).content.decode()
    PostFactory(topic=topic, body="The newest words of all.")
    Topic.objects.filter(pk=topic.pk).update(last_number=topic.last_number)
    assert "The newest words of all." in client.get(topic.get_absolute_url()).content.decode()


def test_what_a_member_sees_is_not_kept_and_what_is_kept_is_not_for_members(client, topic):
    private = TopicFactory(category=CategoryFactory(access="members"), title="Only for members")
    reader = FactsFactory().user
    client.force_login(reader)
    home = client.get(reverse("home")).content.decode()
    assert private.title in home
    client.logout()
    assert private.title not in client.get(reverse("home")).content.decode()
    client.force_login(reader)
    assert private.title in client.get(reverse("home")).content.decode()


def test_every_look_is_kept_apart(client, topic):
    light = client.get(topic.get_absolute_url()).content.decode()
    client.cookies["plenary_scheme"] = "dark"
    dark = client.get(topic.get_absolute_url()).content.decode()
    assert 'data-scheme="dark"' in dark
    assert 'data-scheme="dark"' not in light


@pytest.mark.parametrize("spoiler", ["token", "cookie", "status", "header"])
def test_what_is_for_one_reader_is_not_kept(rf, spoiler):
    drawn = []

    def view(request):
        drawn.append(1)
        response = HttpResponse("words", status=404 if spoiler == "status" else 200)
        if spoiler == "token":
            get_token(request)
        if spoiler == "cookie":
            response.set_cookie("x", "1")
        if spoiler == "header":
            response.headers["HX-Push-Url"] = "false"
        return response

    kept = kept_for_visitors(lambda request: "1")(view)
    for _ in range(2):
        kept(rf.get("/anywhere/"))
    assert len(drawn) == 2


def test_nothing_is_looked_up_where_there_is_nothing_to_see(rf):
    request = rf.get("/anywhere/")
    cache.set(page_key(request, ""), b"words of a place that is closed now", 60)
    answer = kept_for_visitors(lambda request: "")(lambda request: HttpResponse(status=404))(request)
    assert answer.status_code == 404


def test_is_kept_no_longer_than_told(client, topic, settings):
    settings.VISITOR_PAGES_KEPT_FOR = 1
    client.get(topic.get_absolute_url())
    store = cache._cache.get_client()  # Django's cache does not tell how long something is kept
    left = [store.pttl(key) for key in store.scan_iter("*visitor:*")]
    assert left
    assert all(0 < milliseconds <= 1000 for milliseconds in left)


def test_a_page_at_hand_serves_no_longer_than_one_that_is_fetched(monkeypatch):
    drawn, now = [], [1_000.0]
    monkeypatch.setattr("common.visitor_pages.time.time", lambda: now[0])

    @kept_for_visitors(lambda request: "seen")
    def page(request):
        drawn.append(now[0])
        return HttpResponse(str(len(drawn)))

    told = []
    for moment in (1_000.0, 1_030.0, 1_060.0):
        now[0] = moment
        told.append(page(RequestFactory().get("/page/")).content)
        cache.clear()  # what is at hand needs no fetching
    assert told == [b"1", b"1", b"2"]
