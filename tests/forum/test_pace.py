"""How fast one person may write: told with the time to wait, nothing lost, counted from the rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react, toggle_reaction
from forum.actions.topics import start_topic
from forum.models import Draft
from forum.pace import TooFast, keep_pace_of_replies
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _slowly(settings):
    settings.PACE_TOPICS, settings.PACE_REPLIES, settings.PACE_REACTIONS = 1, 2, 2


def test_the_next_reply_comes_when_the_first_of_them_is_old_enough():
    topic, person = TopicFactory(), UserFactory(member=True)
    for minute in (0, 4):
        reply_to_topic(topic, by=person, body="Again.", at=AT + minute * MINUTE)
    with pytest.raises(TooFast, match=r"posted 2 replies in 10 minutes.*09:10, London") as told:
        reply_to_topic(topic, by=person, body="Again.", at=AT + 9 * MINUTE)
    assert told.value.until == AT + 10 * MINUTE
    assert topic.posts.count() == 3
    reply_to_topic(topic, by=person, body="Again.", at=told.value.until)
    reply_to_topic(topic, by=UserFactory(member=True), body="I am another.", at=AT + 9 * MINUTE)


def test_starting_and_reacting_have_a_pace_too():
    person, topic = UserFactory(member=True), TopicFactory()
    start_topic(topic.category, by=person, title="The first of today", body="Well.", at=AT)
    with pytest.raises(TooFast, match="started 1 topic in"):
        start_topic(topic.category, by=person, title="The second of today", body="Well.", at=AT + MINUTE)
    posts = PostFactory.create_batch(3, topic=topic)
    for post in posts[:2]:
        react(post, by=person, kind="agree", at=AT)
    with pytest.raises(TooFast, match="2 reactions"):
        react(posts[2], by=person, kind="agree", at=AT + MINUTE)
    toggle_reaction(posts[0], by=person, kind="agree", at=AT + MINUTE)
    assert posts[2].reactions.count() == 0


def test_what_a_persona_writes_counts_against_the_persona_alone():
    persona, person = PersonaFactory(), UserFactory(member=True)
    PostFactory.create_batch(2, topic=persona.topic, author=None, persona=persona)
    with pytest.raises(TooFast):
        keep_pace_of_replies(by=person, persona=persona, at=AT + MINUTE)
    keep_pace_of_replies(by=person, at=AT + MINUTE)
    keep_pace_of_replies(by=person, persona=PersonaFactory(), at=AT + MINUTE)


def test_whoever_is_too_fast_keeps_the_text(client):
    topic, person = TopicFactory(), UserFactory(member=True)
    client.force_login(person)
    url = reverse("forum:reply", args=[topic.pk])
    for turn in range(3):
        had = Draft.objects.filter(user=person).first()  # as the form that was drawn says
        answer = client.post(url, {"body": f"Turn {turn}.", "draft_sequence": had.sequence if had else 0})
    assert "The next can be sent at" in answer.content.decode()
    assert "Turn 2." in answer.content.decode()
    assert Draft.objects.get(user=person).body == "Turn 2."


def test_it_costs_one_statement(settings):
    person = UserFactory(member=True)
    with CaptureQueriesContext(connection) as told:
        keep_pace_of_replies(by=person, at=AT)
        settings.PACE_REPLIES = 0
        keep_pace_of_replies(by=person, at=AT)
    assert len(told) == 1
