from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from common.models import AuditEntry
from forum.actions.errors import TextRefused
from forum.actions.topics import hide_topic, lock_topic, start_topic, unlock_topic
from forum.models import Post, Topic
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, TopicFactory

pytestmark = pytest.mark.django_db


def test_starts_with_a_first_post_that_everything_counts_from():
    author, category = UserFactory(member=True), CategoryFactory(members_only=True)
    topic = start_topic(category, by=author, title="  Exam or   portfolio? ", body="I sat *both*.\r\n", at=AT)
    topic.refresh_from_db()
    post = topic.posts.get()
    assert (topic.title, topic.slug, topic.last_number) == ("Exam or portfolio?", "exam-or-portfolio", 1)
    assert (post.number, post.root_number, post.body) == (1, 1, "I sat *both*.")
    assert post.html.strip() == "<p>I sat <em>both</em>.</p>"
    assert (topic.activity.reply_count, topic.activity.participant_count, topic.activity.last_author) == (0, 1, author)
    member = topic.members.get()
    assert (member.user, member.level, member.last_read) == (author, "tracking", 1)
    event = Event.objects.get()
    assert (event.kind, event.actor_id, event.data) == (
        "forum.started",
        author.pk,
        {"topic": topic.pk, "post": post.pk, "number": 1},
    )


def test_is_started_once_however_often_the_form_is_sent():
    author, category, key = UserFactory(member=True), CategoryFactory(), uuid4()
    first, second = (
        start_topic(category, by=author, title="Sent twice over", body="By a thumb.", at=AT, key=key) for _ in range(2)
    )
    assert first == second
    assert (Topic.objects.count(), Post.objects.count(), Event.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("title", "body"),
    [("Short", "Words."), ("x" * 151, "Words."), ("A fine title", "  \n"), ("A fine title", "a\0b"), ("A\0fine title", "b")],
)
def test_refuses_a_text_that_cannot_be_stored_and_leaves_nothing_behind(title, body):
    with pytest.raises(TextRefused):
        start_topic(CategoryFactory(), by=UserFactory(member=True), title=title, body=body, at=AT)
    assert not Topic.objects.exists()


def test_needs_a_membership():
    with pytest.raises(PermissionDenied, match="membership"):
        start_topic(CategoryFactory(), by=UserFactory(), title="Let me in, please", body="Words.", at=AT)


def test_locks_and_unlocks_with_a_record():
    moderator, topic = UserFactory(moderator=True), TopicFactory()
    topic = lock_topic(topic, by=moderator, reason="Decided.", at=AT)
    assert (topic.locked_at, topic.locked_by, topic.lock_reason) == (AT, moderator, "Decided.")
    assert lock_topic(topic, by=UserFactory(moderator=True), reason="Again.", at=AT).lock_reason == "Decided."
    topic = unlock_topic(topic, by=moderator, at=AT)
    assert not topic.is_locked
    assert list(AuditEntry.objects.filter(verb__startswith="topic.").order_by("pk").values_list("verb", flat=True)) == [
        "topic.lock",
        "topic.unlock",
    ]


def test_hides_a_topic_from_all_but_moderators():
    moderator, topic = UserFactory(moderator=True), TopicFactory()
    hide_topic(topic, by=moderator, reason="Spam.", at=AT)
    assert not Topic.objects.visible_to(topic.author).exists()
    assert Topic.objects.visible_to(moderator).exists()


@pytest.mark.parametrize("act", [lock_topic, hide_topic])
def test_only_moderators_moderate(act):
    with pytest.raises(PermissionDenied, match="moderators"):
        act(TopicFactory(), by=UserFactory(member=True), reason="Because.", at=AT)
