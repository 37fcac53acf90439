"""Muting a topic from a notice and from a letter."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic
from forum.mail_tokens import mute_link
from forum.models import TopicMember
from mail.tokens import seal
from notifications.models import Notice
from tests.forum.factories import AT, TopicFactory
from tests.forum.test_effects import named, told
from tests.forum.test_undoing import undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    topic = TopicFactory(author=named("Starter"), title="Exam or portfolio?")
    reply_to_topic(topic, by=named("Writer"), body="One.", at=AT)
    assert told() == {"Starter": "forum.reply"}
    return topic


@pytest.fixture
def link(topic, settings):
    return mute_link(topic.author_id, topic.pk).removeprefix(settings.SITE_URL)


def level(topic):
    return TopicMember.objects.filter(user=topic.author, topic=topic).values_list("level", flat=True).first()


def test_the_button_beside_a_notice_mutes_and_reads_what_was_told(client, topic):
    client.force_login(topic.author)
    assert reverse("forum:mute", args=[topic.pk]) in client.get(reverse("notifications:list")).content.decode()
    response = client.post(reverse("forum:mute", args=[topic.pk]), follow=True)
    assert "You hear no more of" in response.content.decode()
    assert level(topic) == "muted"
    assert not Notice.objects.unread().exists()


def test_muted_by_a_slip_it_is_followed_as_before_and_its_notices_are_unread(client, topic):
    reply_to_topic(topic, by=named("Other"), body="Two.", at=AT)
    told()
    read, unread = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=read.pk).update(read_at=AT)
    client.force_login(topic.author)
    page = client.post(reverse("forum:mute", args=[topic.pk]), follow=True)
    assert not Notice.objects.unread().exists()
    assert "All is as it was" in undo(client, page)
    assert level(topic) is None
    assert list(Notice.objects.unread()) == [unread]


def test_muted_in_the_tray_the_button_stands_in_the_tray(client, topic):
    client.force_login(topic.author)
    answer = client.post(reverse("forum:mute", args=[topic.pk]), headers={"HX-Request": "true", "HX-Target": "tray"})
    assert answer.status_code == 204
    tray = client.get(reverse("notifications:tray"))
    assert "You hear no more of “Exam or portfolio?”" in tray.content.decode()
    assert "All is as it was" in undo(client, tray)
    assert level(topic) is None
    assert 'name="undo"' not in client.get(reverse("notifications:tray")).content.decode(), "said once"


def test_muted_from_a_letter_it_is_undone_without_signing_in_or_heard_of_again_later(client, topic, link):
    assert level(topic) is None
    page = client.post(link).content.decode()
    token = re.search(r'name="undo" value="([^"]+)"', page)[1]
    assert "All is as it was" in client.post(link, {"wish": "hear", "undo": token}).content.decode()
    assert level(topic) is None
    assert Notice.objects.unread().exists()
    for _ in range(2):
        page = client.post(link).content.decode()
    assert 'name="undo"' not in page, "it was muted already"
    client.post(link, {"wish": "hear", "undo": "undo:nonsense"})
    assert level(topic) == "tracking"
    follow_topic(topic, by=topic.author, level="watching")
    client.post(link, {"wish": "hear", "undo": token})
    assert level(topic) == "watching", "what was chosen since stays"


def test_the_link_in_a_letter_shows_a_button_and_changes_nothing(client, topic, link):
    page = client.get(link).content.decode()
    assert "Mute this topic?" in page
    assert "Exam or portfolio?" in page
    assert level(topic) is None


def test_its_button_mutes_without_signing_in_and_may_be_taken_back(topic, link):
    client = Client(enforce_csrf_checks=True)
    assert "Muted" in client.post(link).content.decode()
    assert level(topic) == "muted"
    client.post(link, {"wish": "hear"})
    assert level(topic) == "tracking"


def test_a_mail_program_mutes_by_one_click(client, topic, link):
    for _ in range(2):
        response = client.post(link, {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, response.content) == (200, b"This topic is muted.")
    assert level(topic) == "muted"
    reply_to_topic(topic, by=named("Other"), body="Hear me, @starter.", at=AT)
    assert "Other" not in told()
    assert Notice.objects.count() == 1


def test_a_link_names_no_topic_that_is_not_public(client):
    closed = TopicFactory(members_only=True, author=named("Starter"), title="Redundancies")
    page = client.get(reverse("forum:mute_by_mail", args=[seal("mute topic", closed.author_id, closed.pk)])).content.decode()
    assert "Mute this topic?" in page
    assert "Redundancies" not in page


def test_nobody_else_s_link_and_none_that_lost_its_right_is_found(client, topic):
    closed = TopicFactory(members_only=True)
    stranger = named("Stranger", member=False)
    for token in (
        "nonsense",
        seal("reply", 1, 2),
        seal("mute topic", stranger.pk, closed.pk),
        seal("mute topic", 987654, topic.pk),
    ):
        assert client.get(reverse("forum:mute_by_mail", args=[token])).status_code == 404
        assert client.post(reverse("forum:mute_by_mail", args=[token])).status_code == 404
