"""Somebody looks for something, and finds it from the front page."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


def link(html: str, text: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>(?:<[^>]+>)*{re.escape(text)}', html)
    assert found, f"no link says “{text}”"
    return found[1].replace("&amp;", "&")


def test_home_to_search_to_a_filter_to_the_topic(client):
    topic = TopicFactory(title="Who pays for the exam", category=CategoryFactory(slug="pay", name="Pay"), kind="question")
    PostFactory(topic=topic, body="Nobody does.")
    TopicFactory(title="The exam room")
    home = client.get("/").content.decode()
    search = re.search(r'<form class="search"[^>]*action="([^"]+)"', home)[1]
    found = client.get(search, {"q": "exam"}).content.decode()
    assert found.count('<li class="topic">') == 2
    narrowed = client.get(search, {"text": "exam", "category": "pay", "states": "question"}, follow=True).content.decode()
    assert narrowed.count('<li class="topic">') == 1
    there = client.get(link(narrowed, "Who pays for the "), follow=True)
    assert "Nobody does." in there.content.decode()


def test_home_to_a_category_to_its_feed(client):
    category = CategoryFactory(name="Pay")
    TopicFactory(title="Who pays for the exam", category=category)
    forum = client.get(link(client.get("/").content.decode(), "Forum")).content.decode()
    there = client.get(link(forum, "Pay")).content.decode()
    feed = client.get(link(there, "Follow this category as a feed"))
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "Who pays for the exam" in feed.content.decode()


def test_an_account_leads_to_one_s_own_feeds(client):
    client.force_login(UserFactory(member=True))
    account = client.get(reverse("accounts:account")).content.decode()
    assert "Addresses of your own" in client.get(link(account, "Your feeds")).content.decode()
