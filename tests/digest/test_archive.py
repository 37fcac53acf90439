"""What is out of each stream, for everybody: pages, older ones, feeds."""

from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from digest.streams import OUTCOMES, daily_of
from tests.digest.factories import WEDNESDAY, EditionFactory, ItemFactory
from tests.forum.factories import CategoryFactory, TopicFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def on_wednesday():
    cache.clear()
    EditionFactory.reset_sequence(0, force=True)
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def entries(answer):
    return ET.fromstring(answer.content).findall(f"{ATOM}entry")


def test_a_visitor_comes_from_the_home_page_to_every_edition_and_the_feed(client):
    edition = EditionFactory()
    assert reverse("digest:weekly") in client.get("/").text
    page = client.get(reverse("digest:weekly")).text
    assert f'<link rel="alternate" type="application/atom+xml" title="The weekly" href="{reverse("digest:feed")}">' in page
    assert reverse("digest:archive") in page
    assert edition.get_absolute_url() in client.get(reverse("digest:archive")).text
    assert "First have a look" in page


def test_the_feed_holds_what_a_visitor_reads_and_nothing_else(client):
    edition = EditionFactory()
    public, hidden = TopicFactory(title="Exam or portfolio"), TopicFactory(title="Hush", members_only=True)
    for number, topic in enumerate((public, hidden), start=1):
        ItemFactory(
            edition=edition,
            object_id=topic.pk,
            position=number,
            title=topic.title,
            fragment_html=f"<p>{topic.title}</p>",
            category_id=topic.category_id,
        )
    answer = client.get(reverse("digest:feed"))
    (entry,) = entries(answer)
    text = entry.find(f"{ATOM}content").text
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert ("Exam or portfolio" in text, "Hush" in text) == (True, False)
    assert entry.find(f"{ATOM}id").text.startswith("tag:")
    assert client.get(reverse("digest:feed"), headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_each_stream_has_its_own_numbers(client):
    weekly, outcome = EditionFactory(number=7, headline="A week"), EditionFactory(number=7, stream=OUTCOMES, headline="An end")
    assert weekly.get_absolute_url() == "/weekly/7/"
    assert outcome.get_absolute_url() == "/weekly/outcomes/7/"
    page = client.get(outcome.get_absolute_url()).text
    assert "An end" in page
    assert "A week" not in client.get(reverse("digest:stream_archive", args=[OUTCOMES])).text
    assert len(entries(client.get(reverse("digest:stream_feed", args=[OUTCOMES])))) == 1
    assert outcome.get_absolute_url() in client.get(reverse("digest:stream", args=[OUTCOMES])).text
    assert client.get("/weekly/weekly/").headers["Location"] == "/weekly/"


def test_a_daily_of_a_room_that_is_not_seen_is_not_found(client):
    room = CategoryFactory(members_only=True)
    EditionFactory(number=1, stream=daily_of(room.pk))
    for name, more in (("stream", []), ("stream_archive", []), ("stream_feed", []), ("stream_edition", [1])):
        assert client.get(reverse(f"digest:{name}", args=[daily_of(room.pk), *more])).status_code == 404
    assert client.get(reverse("digest:stream_feed", args=[daily_of(CategoryFactory().pk)])).status_code == 200


def test_older_editions_stand_on_further_pages(client, monkeypatch):
    monkeypatch.setattr("digest.views.front.ON_A_PAGE", 2)
    for _ in range(3):
        EditionFactory()
    page = client.get(reverse("digest:archive")).text
    assert "?before=2" in page
    older = client.get(reverse("digest:archive") + "?before=2").text
    assert ("/weekly/1/" in older, "/weekly/3/" in older, "The newest" in older) == (True, False, True)
    assert client.get(reverse("digest:archive") + "?before=nonsense").status_code == 200
