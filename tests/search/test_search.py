import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forum.models import Post
from search.language import parse
from search.models import Word
from search.readers.posts import PAGE_SIZE, Posts
from tests.accounts.factories import UserFactory
from tests.forum.factories import PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("search:results")


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


def found_by(user, words, *, newest=False):
    """What somebody finds, asked for afresh."""
    cache.clear()
    return Posts().find(user, parse(words), newest=newest, after=None, at=timezone.now())


def test_finds_a_word_in_another_form_and_marks_it(client):
    TopicFactory(body="We were accredited last spring, two of us.")
    html = client.get(PAGE, {"q": "accreditation"}).content.decode()
    assert "<mark>accredited</mark>" in html


def test_a_title_counts_more_than_a_text():
    TopicFactory(title="Telephones", body="Nothing about the rest.")
    TopicFactory(title="Something else", body="The telephones again, and telephones once more.")
    user = UserFactory(member=True)
    assert ["".join(piece.text for piece in found.title) for found in found_by(user, "telephones").rows] == [
        "Telephones",
        "Something else",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fit note", 2),
        ('"fit note"', 1),
        ("fit -printer", 1),
        ("kettle or printer", 2),
        ("nothing-like-it", 0),
        ('"', 0),
        ("'); --", 0),
    ],
)
def test_reads_what_people_type(words, found):
    TopicFactory(title="One", body="A fit note on the desk by the kettle")
    TopicFactory(title="Two", body="A note about a printer, and who is fit")
    assert len(found_by(UserFactory(member=True), words).rows) == found


def test_what_may_not_be_seen_is_not_found(client):
    TopicFactory(members_only=True, title="Pay", body="the secret handshake")
    topic = TopicFactory(title="Open", body="nothing here")
    PostFactory(topic=topic, hidden=True, body="the secret handshake")
    PostFactory(topic=topic, withdrawn=True, body="the secret handshake")
    PostFactory(topic=topic, pending=True, body="the secret handshake")
    html = client.get(PAGE, {"q": "handshake"}).content.decode()
    assert "Nothing found" in html
    assert "secret" not in html
    assert len(found_by(UserFactory(member=True), "handshake").rows) == 1


def test_a_persona_s_post_is_found_under_its_label_only(client):
    author = UserFactory(member=True, display_name="Known Name")
    topic = TopicFactory(author=author)
    PostFactory(topic=topic, by_persona=True, body="my partners read this lighthouse")
    html = client.get(PAGE, {"q": "lighthouse"}).content.decode()
    assert f"“{Post.objects.get(persona__isnull=False).persona.label}”" in html
    assert "Known Name" not in html


def test_markup_in_what_was_written_or_asked_stays_text(client):
    TopicFactory(title="<b>Bold</b> lighthouse", body="<script>alert(1)</script> lighthouse & more")
    html = client.get(PAGE, {"q": 'lighthouse "><script>alert(2)</script>'}).content.decode()
    assert "<script>alert" not in html
    html = client.get(PAGE, {"q": "lighthouse"}).content.decode()
    assert "<script>alert" not in html
    assert "&lt;b&gt;Bold" in html


def test_pages_follow_one_another_without_loss_or_double(client):
    topic = TopicFactory(body="first lighthouse")
    for number in range(PAGE_SIZE * 2 + 3):
        PostFactory(topic=topic, body=f"lighthouse {'keeper ' * (number % 4)}")
    seen, address = [], f"{PAGE}?q=lighthouse"
    while address:
        html = client.get(address).content.decode()
        seen += re.findall(r'class="title"><a href="([^"]+)"', html)
        more = re.search(r'href="([^"]+)" rel="next">More matches', html)
        address = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 4


@pytest.mark.parametrize("after", ["x", "W10", "WyJhIiwiYiJd", "WzEsMTAwMDAwMDAwMDAwMDAwMDAwMDAwXQ"])
def test_an_altered_address_is_not_found(client, after):
    assert client.get(PAGE, {"q": "a", "beyond": after}).status_code == 404


def test_too_long_a_question_says_so_and_keeps_what_was_typed(client):
    html = client.get(PAGE, {"q": "lighthouse " * 40}).content.decode()
    assert "Shorten your search" in html
    assert "lighthouse lighthouse" in html


@pytest.mark.parametrize(("member", "most"), [(False, 5), (True, 8)])
@pytest.mark.parametrize("words", ["lighthouse", "lighthuose", "lighthouse author:nobody is:question category:none"])
def test_costs_the_same_whatever_is_found(client, member, most, words):
    """Also where little is found and something else is offered."""
    Word.objects.create(word="lighthouse", times=3)
    if member:
        client.force_login(UserFactory(member=True))
    topic = TopicFactory(body="lighthouse")
    counts = []
    for _ in range(2):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE, {"q": words})
        counts.append(len(queries))
        for _ in range(15):
            PostFactory(topic=topic, body="lighthouse again")
    assert max(counts) <= most
    assert abs(counts[0] - counts[1]) <= 2, "what is offered instead costs two statements, at most"


def test_a_search_of_nothing_but_what_is_left_out_says_what_it_lacks(client):
    told = "Write a word to look for as well"
    assert told in client.get("/search/?q=-printer").text
    assert told not in client.get("/search/?q=nothinghasthis+-printer").text
