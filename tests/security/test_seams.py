"""Seams between parts that were built side by side: each test here is an attack that once worked."""

import pytest
from django.test import Client

from accounts.actions.practice import state_practice
from forum.actions.answers import accept_answer
from forum.actions.posts import reply_to_topic
from forum.models import Topic, TopicMember
from forum.readers.topic import topic_page
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, TopicFactory

pytestmark = pytest.mark.django_db


def at_practice(code, **told):
    person = UserFactory(member=True, **told)
    state_practice(code, by=person, at=AT)
    return type(person).objects.with_roles().get(pk=person.pk)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_an_accepted_answer_kept_from_ones_practice_is_not_quoted_above_the_topic():
    topic = TopicFactory(members_only=True, kind=Topic.Kind.QUESTION)
    writer, colleague, stranger = at_practice("V81998"), at_practice("V81998"), at_practice("A99999")
    post = reply_to_topic(topic, by=writer, body="Our partners quarrelwort.", at=AT, keep_from_practice=True)
    accept_answer(post, by=type(writer).objects.with_roles().get(pk=topic.author_id), at=AT)
    assert "quarrelwort" in client_of(stranger).get(topic.get_absolute_url()).content.decode()
    page = client_of(colleague).get(topic.get_absolute_url()).content.decode()
    assert "quarrelwort" not in page
    assert str(writer) not in page


def test_whoever_is_named_in_what_is_kept_from_them_does_not_follow_because_of_it():
    topic = TopicFactory(members_only=True)
    writer, colleague = at_practice("V81998"), at_practice("V81998", handle="wanda-boss")
    reply_to_topic(topic, by=writer, body="It is @wanda-boss who shouts.", at=AT, keep_from_practice=True)
    assert not TopicMember.objects.filter(user=colleague).exists()
    page = topic_page(colleague, topic.pk)
    assert page.why_followed == ""
