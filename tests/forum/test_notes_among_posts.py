"""What moderators did stands where it happened, in both faces, and names other places only to who may read there."""

import re

import pytest
from django.urls import reverse

from forum.actions.archiving import archive_topic, unarchive_topic
from forum.actions.moving import merge_topics, move_posts, split_topic
from forum.actions.topics import lock_topic, unlock_topic
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return UserFactory(moderator=True)


def lines(client, topic, face: str = "topic_in_time", query: str = "") -> list[str]:
    """The list of posts, in order: numbers, and beginnings of notes."""
    page = client.get(reverse(f"forum:{face}", args=[topic.pk, topic.slug]) + query).content.decode()
    thread = page[page.index('id="thread"') : page.index('id="arrived"')]
    found = re.findall(r'<li id="p(\d+)"|class="note-here">.*?</time>: (.*?)\s*</span></p>', thread, re.DOTALL)
    return [number or re.sub(r"<[^>]+>", "", words).partition(". Reason")[0] for number, words in found]


FACES = ["topic_in_time", "topic"]


@pytest.mark.parametrize("face", FACES)
def test_a_lock_stands_behind_the_last_post_there_was(client, moderator, face):
    topic = TopicFactory()
    PostFactory(topic=topic)
    lock_topic(topic, by=moderator, at=AT, reason="It went round in circles")
    unlock_topic(topic, by=moderator, at=AT)
    topic.refresh_from_db()
    assert lines(client, topic, face) == ["1", "2", "locked by a moderator", "unlocked by a moderator"]
    PostFactory(topic=topic)
    assert lines(client, topic, face) == ["1", "2", "locked by a moderator", "unlocked by a moderator", "3"]


def test_what_came_from_another_topic_stands_ahead_of_its_first_post(client, moderator):
    topic, other = TopicFactory(title="About rotas"), TopicFactory(title="About leave")
    parent = PostFactory(topic=topic)
    PostFactory(topic=topic, parent=parent)
    move_posts(topic, by=moderator, numbers=[3], into=other, reason="It is about leave", at=AT)
    for face in FACES:
        assert lines(client, other, face) == ["1", "1 post moved here by a moderator from About rotas", "2"]
    told = "1 post, from #3 on, moved by a moderator to About leave"
    assert lines(client, topic) == ["1", "2", told, "3"]
    assert lines(client, topic, "topic") == ["1", "2", told, "3"], "below the post that it answered"


def test_a_topic_made_by_a_split_begins_with_where_it_came_from(client, moderator):
    topic = TopicFactory(title="About rotas", category=CategoryFactory(members_only=True))
    PostFactory.create_batch(2, topic=topic)
    made = split_topic(
        topic, by=moderator, numbers=[2, 3], title="A thing apart", category=CategoryFactory(), reason="Apart", at=AT
    )
    assert lines(client, made) == ["2 posts moved here by a moderator", "1", "2"], "a visitor may not read where they were"
    client.force_login(moderator)
    assert lines(client, made)[0] == "2 posts moved here by a moderator from About rotas"


def test_a_merge_stands_where_the_other_topic_begins(client, moderator):
    topic, other = TopicFactory(), TopicFactory()
    merge_topics(other, by=moderator, into=topic, reason="The same", at=AT)
    for face in FACES:
        assert lines(client, topic, face) == ["1", "another topic became part of this one, from #2 on", "2"]


def test_on_a_long_topic_each_note_stands_on_one_page(client, moderator):
    topic = TopicFactory()
    PostFactory.create_batch(19, topic=topic)
    archive_topic(topic, by=moderator, reason="Done with", at=AT)
    unarchive_topic(topic, by=moderator, at=AT)
    PostFactory.create_batch(2, topic=topic)
    assert lines(client, topic)[-2:] == ["archived by a moderator", "taken out of the archive by a moderator"]
    assert lines(client, topic, query="?page=2") == ["21", "22"]
    assert lines(client, topic, "topic")[-1] == "20"
    assert lines(client, topic, "topic", "?after=20")[:2] == [
        "archived by a moderator",
        "taken out of the archive by a moderator",
    ]
    assert lines(client, topic, "topic", "?before=22")[-1] == "21"
