"""A list of posts that is kept whole is nobody's but theirs who see the same, and never older than its posts."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.people import change_profile
from accounts.actions.showing import block_person
from forum.actions.bookmarks import keep_bookmark
from forum.actions.editing import edit_post
from forum.actions.moving import move_posts
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react, unreact
from forum.actions.reading import mark_topic_read
from forum.actions.removal import hide_post
from forum.actions.restoring import unhide_post
from forum.actions.topics import lock_topic, unlock_topic
from forum.models import Persona, Topic
from forum.models.persona import own_tag
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
FACES = ("topic_in_time", "topic")


@pytest.fixture
def topic():
    topic = TopicFactory()
    first = topic.posts.get()
    author = UserFactory(member=True, display_name="Wilfred Ashgrove")
    for _ in range(2):
        PostFactory(topic=topic, author=author)
    PostFactory(topic=topic, parent=first)
    return topic


def reading(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def thread(client: Client, topic: Topic, face: str) -> str:
    page = client.get(reverse(f"forum:{face}", args=[topic.pk, topic.slug])).content.decode()
    return page[page.index('id="thread"') : page.index('id="arrived"')]


def place(client: Client, topic: Topic, number: int, face: str = "topic_in_time") -> str:
    found = re.search(rf'<li id="p{number}".*?</article>', thread(client, topic, face), re.DOTALL)
    assert found, number
    return found[0]


@pytest.mark.parametrize(("face", "most"), [("topic_in_time", 4), ("topic", 5)])
def test_the_second_member_has_no_post_loaded(topic, settings, face, most):
    settings.KEPT_IS_COMPARED = False
    one, other = reading(UserFactory(member=True)), reading(UserFactory(member=True))
    first = thread(one, topic, face)
    with CaptureQueriesContext(connection) as told:
        assert thread(other, topic, face) == first
    made = [query["sql"] for query in told if "SAVEPOINT" not in query["sql"]]
    assert len(made) <= most, "\n".join(made)
    assert not any('"forum_post"."edited_at"' in sql for sql in made)


def test_what_one_reader_did_is_on_their_own_page_alone(topic, settings):
    settings.KEPT_IS_COMPARED = False
    reader, other = UserFactory(member=True), UserFactory(member=True)
    theirs, plain = reading(reader), reading(other)
    for face in FACES:
        assert thread(theirs, topic, face) == thread(plain, topic, face)
    post = topic.posts.get(number=2)
    react(post, by=reader, kind="agree", at=AT)
    keep_bookmark(topic.posts.get(number=3), by=reader, at=AT)
    for face in FACES:
        for client, pressed, kept in ((theirs, 1, True), (plain, 0, False)):
            assert place(client, topic, 2, face).count('aria-pressed="true"') == pressed
            assert ("Your bookmark" in place(client, topic, 3, face)) == kept
    block_person(post.author, by=reader, at=AT)
    assert ["You blocked" in place(client, topic, 2) for client in (theirs, plain)] == [True, False]
    unreact(post, by=reader, kind="agree")
    assert 'aria-pressed="true"' not in place(theirs, topic, 2)


def test_whoever_wrote_or_moderates_has_a_menu_of_their_own(topic, settings):
    settings.KEPT_IS_COMPARED = False
    author = topic.posts.get(number=2).author
    readers = [reading(who) for who in (UserFactory(member=True), author, UserFactory(moderator=True))]
    for _ in range(2):
        found = [place(client, topic, 2) for client in readers]
        assert ["Take back" in one for one in found] == [False, True, False]
        assert [">Moderate<" in one for one in found] == [False, False, True]
        assert ['name="say"' in one for one in found] == [True, False, True]


def test_what_is_new_is_marked_for_each_reader_where_they_stopped(topic, settings):
    settings.KEPT_IS_COMPARED = False
    stopped = [(UserFactory(member=True), number) for number in (0, 1, 3)]
    for who, number in stopped:
        if number:
            mark_topic_read(topic, by=who, number=number, at=AT)
    for who, number in stopped:
        html = thread(reading(who), topic, "topic_in_time")
        assert html.count('class="post new"') == (4 - number if number else 0)
        assert ("New since you were last here" in html) == bool(number)


def test_every_change_is_on_the_next_page(topic, settings):
    settings.KEPT_IS_COMPARED = False
    moderator, member = UserFactory(moderator=True), UserFactory(member=True)
    client, post = reading(member), topic.posts.get(number=2)
    thread(client, topic, "topic_in_time")

    def shown(number: int = 2) -> str:
        topic.refresh_from_db()
        return place(client, topic, number)

    edit_post(post, by=post.author, body="Other words by now.", at=AT, note="Said better")
    assert "Other words by now." in shown()
    change_profile(post.author, display_name="Wilhelmina Ashgrove", facts={}, at=AT)
    assert "Wilhelmina Ashgrove" in shown()
    hide_post(post, by=moderator, reason="It names a patient", at=AT)
    assert "It names a patient" in shown()
    assert "Other words" not in thread(client, topic, "topic")
    unhide_post(post, by=moderator, at=AT)
    assert "Other words by now." in shown()
    Topic.objects.filter(pk=topic.pk).update(kind="question", solution_number=3)
    assert ["Accepted answer" in shown(number) for number in (2, 3)] == [False, True]
    lock_topic(topic, by=moderator, at=AT, reason="It went round in circles")
    assert "Reply" not in shown()
    assert "It went round in circles" in thread(client, topic, "topic_in_time")
    unlock_topic(topic, by=moderator, at=AT)
    assert "Reply" in shown()
    move_posts(topic, by=moderator, numbers=[3], into=TopicFactory(title="About leave"), reason="It is about leave", at=AT)
    assert "About leave" in thread(client, topic, "topic")
    reply_to_topic(topic, by=UserFactory(member=True), body="One more.", at=AT, parent_number=2)
    for face in FACES:
        assert "One more." in thread(client, topic, face)


def test_a_pseudonym_s_own_menu_is_its_writer_s_alone(topic, settings):
    settings.KEPT_IS_COMPARED = False
    writer, other = UserFactory(member=True), UserFactory(member=True)
    persona = PersonaFactory(topic=topic)
    Persona.objects.filter(pk=persona.pk).update(owner_tag=own_tag(topic.pk, writer.pk))
    post = PostFactory(topic=topic, author=None, persona=persona)
    waiting = PostFactory(topic=topic, author=None, persona=persona, pending=True)
    for _ in range(2):
        for who, is_theirs in ((writer, True), (other, False)):
            client = reading(who)
            assert ("Take back" in place(client, topic, post.number)) == is_theirs
            assert (f'id="p{waiting.number}"' in thread(client, topic, "topic")) == is_theirs
