from xml.etree import ElementTree

import pytest
from django.urls import reverse

from home.sitemap import PART
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client, url: str) -> list[str]:
    response = client.get(url)
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return [loc.text for loc in ElementTree.fromstring(response.content).iter(f"{PLACE}loc")]


def test_the_index_leads_to_parts_and_they_to_every_public_topic(client, settings):
    topics = [TopicFactory(pk=7), TopicFactory(pk=PART + 7)]
    parts = places(client, reverse("sitemap"))
    assert [part.removeprefix(settings.SITE_URL) for part in parts] == ["/sitemap/pages.xml", "/sitemap/0.xml", "/sitemap/1.xml"]
    found = [place for part in parts[1:] for place in places(client, part.removeprefix(settings.SITE_URL))]
    assert found == [f"{settings.SITE_URL}{topic.get_absolute_url()}" for topic in topics]


def test_says_when_a_topic_was_last_written_in(client):
    part = TopicFactory().pk // PART
    assert b"<lastmod>2026-11-02T09:00:00+00:00</lastmod>" in client.get(reverse("sitemap_part", args=[part])).content


def test_names_nothing_that_is_not_for_everybody(client):
    for number, how in enumerate(({"members_only": True}, {"hidden": True}, {"pending": True}), start=1):
        TopicFactory(pk=number, **how)
    TopicFactory(pk=4, category=CategoryFactory(private=True, slug="panel"))
    assert places(client, reverse("sitemap_part", args=[0])) == []
    assert not [place for place in places(client, reverse("sitemap_pages")) if "panel" in place]
    assert len(places(client, reverse("sitemap"))) == 1, "not even how many there are"


def test_a_part_costs_one_statement(client):
    def more():
        for _ in range(5):
            TopicFactory()

    part = TopicFactory().pk // PART
    assert_queries_do_not_grow(reverse("sitemap_part", args=[part]), client, add_rows=more, at_most=1)


def test_robots_are_told_what_to_leave_alone(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /feeds/" in text and "Disallow: /search/" in text
    assert "Disallow: /forum/topics/*/print/" in text
    assert text.strip().splitlines()[-1].endswith("/sitemap.xml")
