from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.actions.errors import ParentGone, TextRefused, TopicLocked
from forum.actions.posts import reply_to_topic
from forum.actions.topics import lock_topic
from forum.models import Post, Topic, TopicActivity, TopicMember
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PostFactory, TopicFactory

LATER = AT + timedelta(hours=1)


@pytest.mark.django_db
def test_takes_the_next_number_and_its_place_below_the_parent():
    topic, person = TopicFactory(), UserFactory(member=True)
    root = reply_to_topic(topic, by=person, body="A root of its own.", at=LATER)
    child = reply_to_topic(topic, by=person, body="Below it.", at=LATER, parent_number=2)
    grandchild = reply_to_topic(topic, by=person, body="Below that.", at=LATER, parent_number=3)
    assert [(p.number, p.parent_number, p.root_number, p.depth) for p in (root, child, grandchild)] == [
        (2, None, 2, 0),
        (3, 2, 2, 1),
        (4, 3, 2, 2),
    ]
    root.refresh_from_db()
    child.refresh_from_db()
    assert (root.reply_count, root.descendant_count) == (1, 2)
    assert (child.reply_count, child.descendant_count) == (1, 0)
    activity = TopicActivity.objects.get(topic=topic)
    assert (activity.reply_count, activity.participant_count, activity.last_post_number) == (3, 2, 4)
    assert (activity.last_posted_at, activity.last_author) == (LATER, person)


@pytest.mark.django_db
def test_writes_one_event_and_follows_the_topic():
    topic, person = TopicFactory(), UserFactory(member=True)
    post = reply_to_topic(topic, by=person, body="Here.", at=LATER)
    event = Event.objects.get()
    assert (event.kind, event.actor_id) == ("forum.replied", person.pk)
    assert event.data == {"topic": topic.pk, "post": post.pk, "number": 2}
    assert TopicMember.objects.get(user=person).level == "tracking"


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["watching", "muted"])
def test_keeps_the_follow_level_that_was_chosen(level):
    topic, person = TopicFactory(), UserFactory(member=True)
    TopicMember.objects.create(user=person, topic=topic, level=level, last_read=1, read_at=AT)
    reply_to_topic(topic, by=person, body="Here.", at=LATER)
    member = TopicMember.objects.get(user=person)
    assert (member.level, member.last_read) == (level, 2)


@pytest.mark.django_db
def test_does_not_count_as_read_what_was_not_read():
    topic, person = TopicFactory(), UserFactory(member=True)
    TopicMember.objects.create(user=person, topic=topic, last_read=1, read_at=AT)
    PostFactory.create_batch(3, topic=topic)
    reply_to_topic(topic, by=person, body="Here.", at=LATER)
    assert TopicMember.objects.get(user=person).last_read == 1


@pytest.mark.django_db
def test_is_posted_once_however_often_the_form_is_sent():
    topic, person, key = TopicFactory(), UserFactory(member=True), uuid4()
    first, second = (reply_to_topic(topic, by=person, body="Once.", at=LATER, key=key) for _ in range(2))
    assert first == second
    assert Topic.objects.get().last_number == 2


@pytest.mark.django_db
def test_another_person_s_key_gives_nothing_away():
    topic, key = TopicFactory(), uuid4()
    reply_to_topic(topic, by=UserFactory(member=True), body="Mine.", at=LATER, key=key)
    with pytest.raises(Exception, match="one_post_per_form"):
        reply_to_topic(topic, by=UserFactory(member=True), body="Yours.", at=LATER, key=key)
    assert Topic.objects.get().last_number == 2


@pytest.mark.django_db
def test_leaves_nothing_behind_when_the_topic_is_locked():
    topic, person = TopicFactory(), UserFactory(member=True)
    lock_topic(topic, by=UserFactory(moderator=True), at=AT)  # `topic` in hand still says open
    with pytest.raises(TopicLocked):
        reply_to_topic(topic, by=person, body="Too late.", at=LATER)
    topic.refresh_from_db()
    with pytest.raises(PermissionDenied, match="locked"):
        reply_to_topic(topic, by=person, body="Too late.", at=LATER)
    assert (topic.last_number, Post.objects.count(), Event.objects.count()) == (1, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("trait", ["hidden", "withdrawn", "pending"])
def test_cannot_answer_what_is_not_there(trait):
    topic = TopicFactory()
    gone = PostFactory(topic=topic, **{trait: True})
    for number in (gone.number, 77):
        with pytest.raises(ParentGone):
            reply_to_topic(topic, by=UserFactory(member=True), body="Hm.", at=LATER, parent_number=number)
    assert Topic.objects.get().last_number == 2


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", " \n ", "x" * 20_001, "a\0b"])
def test_refuses_a_text_that_cannot_be_stored(body):
    topic = TopicFactory()
    with pytest.raises(TextRefused):
        reply_to_topic(topic, by=UserFactory(member=True), body=body, at=LATER)
    assert Topic.objects.get().last_number == 1


@pytest.mark.django_db
def test_needs_a_membership():
    with pytest.raises(PermissionDenied):
        reply_to_topic(TopicFactory(), by=UserFactory(), body="Hello.", at=LATER)


@pytest.mark.django_db
def test_costs_few_statements():
    topic, person = TopicFactory(), UserFactory(member=True)
    PostFactory(topic=topic)
    with CaptureQueriesContext(connection) as told:
        reply_to_topic(topic, by=person, body="Here.", at=LATER, parent_number=2, key=uuid4())
    made = [query["sql"] for query in told if "SAVEPOINT" not in query["sql"]]
    assert len(made) <= 13, "\n".join(made)  # flagged words, silenced personas and what stands beside the name are one each


@pytest.mark.django_db(transaction=True)
def test_numbers_are_dense_when_eight_write_at_once():
    topic = TopicFactory()
    people = UserFactory.create_batch(8, member=True)
    keys = [uuid4() for _ in range(40)]

    def write(turn: int) -> None:
        try:
            person = people[turn % 8]
            parent = 1 if turn % 3 == 0 else None
            reply_to_topic(topic, by=person, body=f"Turn {turn}.", at=LATER, parent_number=parent, key=keys[turn])
            if turn % 5 == 0:  # a second thumb
                reply_to_topic(topic, by=person, body=f"Turn {turn}.", at=LATER, key=keys[turn])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    assert list(topic.posts.in_time().values_list("number", flat=True)) == list(range(1, 42))
    topic.refresh_from_db()
    first = topic.posts.get(number=1)
    assert topic.last_number == 41
    assert (topic.activity.reply_count, topic.activity.participant_count, topic.activity.last_post_number) == (40, 9, 41)
    assert first.reply_count == first.descendant_count == topic.posts.filter(parent_number=1).count()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_by_eight_thumbs_at_once_makes_one_post():
    topic, person, key = TopicFactory(), UserFactory(member=True), uuid4()

    def write(_: int) -> int:
        try:
            return reply_to_topic(topic, by=person, body="Once.", at=LATER, key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(write, range(8)))
    assert len(made) == 1
    topic.refresh_from_db()
    assert (topic.last_number, topic.posts.count(), topic.activity.reply_count) == (2, 2, 1)
