"""“Did you mean” and what stands behind it."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from forum.models import Category, Post
from search.actions.words import refresh_words
from search.language import parse
from search.models import Word
from search.readers import did_you_mean
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


def write_often(word: str, **traits: object) -> None:
    """A topic in which a word stands in three posts."""
    topic = TopicFactory(body=f"About {word}.", **traits)
    PostFactory(topic=topic, body=f"More {word}.")
    PostFactory(topic=topic, body=f"Enough {word}.")


def meant(words: str) -> str:
    return did_you_mean(parse(words))


def test_a_word_nobody_used_is_put_right_and_the_rest_kept():
    write_often("accreditation")
    refresh_words()
    assert meant("acreditation") == "accreditation"
    assert meant("accreditation") == ""
    assert meant('acreditation "aboot" or -moree') == 'accreditation "aboot" or -moree'


def test_the_page_offers_it_with_the_filters_kept(client):
    write_often("accreditation")
    refresh_words()
    html = client.get(reverse("search:results"), {"q": "acreditation category:none"}).content.decode()
    assert "Did you mean" in html
    assert "?q=accreditation" in html


@pytest.mark.parametrize("where", ["members only", "private", "hidden topic", "hidden posts", "withdrawn", "pending"])
def test_no_word_that_is_not_public_is_counted_or_offered(where):
    traits = {"members only": {"members_only": True}, "hidden topic": {"hidden": True}}.get(where, {})
    if where == "private":
        traits = {"category": CategoryFactory(private=True)}
    write_often("redundancies", **traits)
    state = {"hidden posts": "hidden", "withdrawn": "withdrawn", "pending": "pending"}.get(where)
    if state == "hidden":
        Post.objects.update(state=state, removed_at=AT, removed_by=UserFactory(), removal_reason="x")
    elif state:
        Post.objects.update(state=state, removed_at=AT if state == "withdrawn" else None)
    refresh_words()
    assert not Word.objects.filter(word="redundancies").exists()
    assert meant("redundencies") == ""


def test_a_word_that_stands_seldom_is_not_offered():
    TopicFactory(title="About Whistlecroft", body="Whistlecroft")
    refresh_words()
    assert not Word.objects.filter(word__startswith="whistle").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Word.objects.create(word="whistlecroft", times=2)


def test_what_was_taken_down_is_not_offered_from_that_moment_and_goes_at_the_next_count():
    write_often("redundancies")
    refresh_words()
    assert meant("redundencies") == "redundancies"
    Category.objects.update(access="members")
    assert meant("redundencies") == ""
    refresh_words()
    assert not Word.objects.filter(word="redundancies").exists()


def test_neither_numbers_nor_addresses_are_counted():
    for _ in range(3):
        TopicFactory(title="Call 07700900123", body="Write to <a@example.org> or https://example.org/secret-path or 9434765919.")
    refresh_words()
    assert not [word for word in Word.objects.values_list("word", flat=True) if any(mark in word for mark in "0123456789@/.")]


def test_counting_again_changes_nothing():
    write_often("accreditation")
    refresh_words()
    before = set(Word.objects.values_list("word", "times"))
    refresh_words()
    assert set(Word.objects.values_list("word", "times")) == before


@pytest.mark.parametrize("words", ["", "or", "a", "\x00", "x" * 250, "ab cd ef", '"acreditation"', "12345", "ünïcödé " * 9])
def test_whatever_is_asked_gets_an_answer(words):
    assert meant(words) == ""
