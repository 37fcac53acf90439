"""Titles, texts and names as an enemy writes them: nothing runs, nothing breaks."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from forum.actions.topics import start_topic
from forum.models import Topic
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
OUR_SCRIPTS = re.compile(r"^/static/")


class Dangers(HTMLParser):
    """What of a page could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "script" and not OUR_SCRIPTS.match(told.get("src") or ""):
            self.found.append(f"script {told}")
        if tag in {"iframe", "object", "embed", "img", "style", "base"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and re.match(
                r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE
            ):
                self.found.append(f"{tag} {name}={value}")


def dangers(html: str) -> list[str]:
    reader = Dangers()
    reader.feed(html)
    return reader.found


@pytest.fixture
def hostile(shared_data) -> list[str]:
    naughty = json.loads((shared_data / "xss" / "blns.json").read_text())
    return [*naughty, *(shared_data / "xss" / "markdown-xss.md").read_text().split("\n\n")]


def test_no_text_runs_on_any_page(client, hostile):
    member = UserFactory(member=True, display_name="<script>alert(1)</script>")
    client.force_login(member)
    topic = TopicFactory(title="<img src=x onerror=alert(1)> & friends", author=member)
    for text in hostile:
        PostFactory(topic=topic, author=member, body=text.replace("\0", "")[:5000] or "x")
    pages = [
        topic.get_absolute_url(),
        *(f"{topic.get_absolute_url()}in-time/?page={number}" for number in range(1, topic.last_number // 20 + 2)),
        reverse("forum:category", args=[topic.category.slug]),
        reverse("forum:index"),
        reverse("forum:reply", args=[topic.pk]) + "?quote=30",
        reverse("forum:replies", args=[topic.pk, 1]),
        reverse("forum:history", args=[topic.pk, 5]),
    ]
    for url in pages:
        response = client.get(url)
        assert response.status_code == 200, url
        assert dangers(response.content.decode()) == [], url


def test_the_detector_detects():
    for bad in ("<script>x</script>", "<a href=' javascript:x'>", "<p onclick=x>", "<img src=x>", "<p style=x>"):
        assert dangers(bad), bad


def test_every_title_is_stored_or_refused_with_a_sentence(client, hostile):
    member, category = UserFactory(member=True), CategoryFactory()
    client.force_login(member)
    for title in hostile[::7]:
        response = client.post(reverse("forum:start", args=[category.slug]), {"title": title, "body": "Words."})
        assert response.status_code in {200, 302}, title
        assert response.status_code == 302 or "before you go on" in response.content.decode()
    page = client.get(reverse("forum:category", args=[category.slug])).content.decode()
    assert dangers(page) == []


def test_source_is_sent_as_text(client):
    post = PostFactory(body="<script>alert(1)</script>")
    response = client.get(reverse("forum:raw", args=[post.topic_id, post.number]))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_title_of_signs_alone_still_has_an_address(client):
    topic = start_topic(CategoryFactory(), by=UserFactory(member=True), title="??????????", body="Words.", at=AT)
    assert Topic.objects.get().slug == "topic"
    assert client.get(topic.get_absolute_url()).status_code == 200
