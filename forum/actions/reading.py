"""How far somebody has read, and how closely they follow."""

from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from forum import permissions
from forum.models import Category, CategoryMember, Level, Persona, Post, Topic, TopicMember
from notifications.actions import reading
from notifications.models import Notice

_READ = """
INSERT INTO forum_topicmember (user_id, topic_id, last_read, read_at, level) VALUES (%s, %s, %s, %s, 'normal')
ON CONFLICT (user_id, topic_id) DO UPDATE SET last_read = EXCLUDED.last_read, read_at = EXCLUDED.read_at
WHERE forum_topicmember.last_read <= EXCLUDED.last_read
"""


@transaction.atomic
def mark_topic_read(topic: Topic, *, by: User, number: int, at: datetime) -> None:
    """Everything up to `number` is read, and so are the notices about it. An older mark never takes back a newer one.

    A mark that would end at one's own persona's post is not made: it would say who read it in the moment in which it was sent."""
    permissions.can_follow(by, topic).enforce()
    number = max(0, min(number, topic.last_number))
    if Post.objects.filter(topic=topic, number=number, persona__in=Persona.objects.of(by.pk, topic.pk)).exists():
        number -= 1
    else:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [by.pk, topic.pk, number, at])
    reading.mark_read(Notice.objects.about(topic=topic.pk, number__lte=number), by=by, at=at)


def follow_topic(topic: Topic, *, by: User, level: str) -> None:
    """Watch, track, read normally or mute. Raises ValueError for another level, Refused."""
    permissions.can_follow(by, topic).enforce()
    TopicMember.objects.update_or_create(user_id=by.pk, topic_id=topic.pk, defaults={"level": Level(level)})


def bookmark_post(topic: Topic, *, by: User, number: int | None) -> None:
    """Mark one post to come back to; None takes the mark away."""
    permissions.can_follow(by, topic).enforce()
    kept = number if number is not None and 1 <= number <= topic.last_number else None
    TopicMember.objects.update_or_create(user_id=by.pk, topic_id=topic.pk, defaults={"bookmark": kept})


def mark_category_read(category: Category, *, by: User, at: datetime) -> None:
    """What was posted here up to now counts as read."""
    permissions.can_see_category(by, category).enforce()
    with transaction.atomic():
        CategoryMember.objects.update_or_create(user_id=by.pk, category_id=category.pk, defaults={"watermark": at})
        _catch_up(by, category)


def _catch_up(by: User, category: Category) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_topicmember member SET last_read = topic.last_number FROM forum_topic topic"
            " WHERE topic.id = member.topic_id AND member.user_id = %s AND topic.category_id = %s"
            " AND member.last_read BETWEEN 1 AND topic.last_number - 1",
            [by.pk, category.pk],
        )
