import json
import re

import pytest
from django.urls import reverse

from common.linked_data import linked_data
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def head(client, topic, name: str = "topic", query: str = "") -> str:
    html = client.get(reverse(f"forum:{name}", args=[topic.pk, topic.slug]) + query).content.decode()
    return html.split("</head>", 1)[0]


def data(html: str) -> dict:
    block = re.search(r'(?s)<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(block[1]) if block else {}


def test_a_public_topic_says_what_search_engines_ask_of_a_discussion(client, settings):
    topic = TopicFactory(title="Telephones & triage", body="How do you *do* it?")
    PostFactory(topic=topic, body="With two lines.")
    persona = PostFactory(topic=topic, by_persona=True, body="We do not.").persona
    PostFactory(topic=topic, hidden=True, body="gone")
    told = data(head(client, topic))
    assert told["@context"] == "https://schema.org"
    assert told["@type"] == "DiscussionForumPosting"
    assert told["headline"] == "Telephones & triage"
    assert told["mainEntityOfPage"] == f"{settings.SITE_URL}{topic.get_absolute_url()}"
    assert [comment["text"] for comment in told["comment"]] == ["With two lines.", "We do not."]
    assert told["comment"][1]["author"] == {"@type": "Person", "name": persona.label}
    for posting in (told, *told["comment"]):
        assert posting["author"]["name"] and posting["text"] and posting["url"].startswith(settings.SITE_URL)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", posting["datePublished"])


def test_a_public_topic_describes_itself_in_its_first_words(client):
    topic = TopicFactory(title='Say "hello"', body="It begins <b>here</b> & goes on.")
    html = head(client, topic)
    assert '<meta property="og:title" content="Say &quot;hello&quot;">' in html
    assert '<meta name="description" content="It begins &lt;b&gt;here&lt;/b&gt; &amp; goes on.">' in html
    assert f'<meta property="og:url" content="http://127.0.0.1:8000{topic.get_absolute_url()}">' in html


@pytest.mark.parametrize("kind", ["members only", "private"])
def test_what_is_not_for_everybody_says_nothing(client, kind):
    category = CategoryFactory(members_only=True) if kind == "members only" else CategoryFactory(private=True)
    topic = TopicFactory(category=category, body="quiet words")
    member = UserFactory(member=True)
    if category.group:
        category.group.people.create(user=member, added_at=topic.created_at) if hasattr(category.group, "people") else None
    client.force_login(member)
    html = client.get(reverse("forum:topic", args=[topic.pk, topic.slug])).content.decode().split("</head>", 1)[0]
    assert "og:" not in html and "ld+json" not in html and "quiet words" not in html


def test_one_address_of_a_topic_is_to_be_kept(client):
    topic = TopicFactory()
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{topic.get_absolute_url()}">' in head(client, topic)
    in_time = head(client, topic, "topic_in_time")
    assert "noindex" in in_time


def test_pages_lead_programs_to_their_feeds(client):
    topic = TopicFactory()
    assert f'href="{reverse("forum:topic_feed", args=[topic.pk])}"' in head(client, topic)
    html = client.get(reverse("forum:category", args=[topic.category.slug])).content.decode()
    assert html.count(f'href="{reverse("forum:category_feed", args=[topic.category.slug])}"') == 2, "for programs and for people"


def test_nothing_written_ends_the_block_of_data():
    told = linked_data({"text": "</script><script>alert(1)</script><!-- & \u2028"})
    assert told.count("<") == 2
    assert json.loads(told.split(">", 1)[1].rsplit("<", 1)[0])["text"].startswith("</script><script>")


def test_a_page_of_twenty_long_posts_stays_small(client):
    topic = TopicFactory(body="word " * 3000)
    for _ in range(19):
        PostFactory(topic=topic, body="word " * 600)
    block = re.search(r"(?s)<script type=.application/ld.json.>.*?</script>", head(client, topic))[0]
    assert len(block) < 9_000
