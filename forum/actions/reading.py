"""How far somebody has read, and how closely they follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from forum import permissions
from forum.models import Because, Category, CategoryMember, Level, Persona, Post, Topic, TopicMember
from forum.requests import FACES
from notifications.actions import reading
from notifications.models import Notice


@dataclass(frozen=True, slots=True)
class FollowBefore:
    """How somebody followed something before they chose otherwise; `level` is None where nothing was said or known."""

    level: str | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class MarksBefore:
    """Read marks as they were before everything was marked at the moment `at`. `watermarks`: of each category when, empty for
    never, None where it had no row. `marks`: of each topic that was marked its number, the mark before, the mark after, and
    whether it had never been opened."""

    at: str
    watermarks: Sequence[tuple[int, str | None]]
    marks: Sequence[tuple[int, int, int, bool]]


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """How far one topic was read before all of it was marked at the moment `at`, which made it `became`; `last_read` is None
    where nothing was known."""

    at: str
    became: int
    last_read: int | None
    read_at: str | None


_READ = """
INSERT INTO forum_topicmember (user_id, topic_id, last_read, read_at, level) VALUES (%s, %s, %s, %s, 'normal')
ON CONFLICT (user_id, topic_id) DO UPDATE SET last_read = EXCLUDED.last_read, read_at = EXCLUDED.read_at
WHERE forum_topicmember.last_read <= EXCLUDED.last_read
"""
_CATCH_UP = """
WITH before AS (
    SELECT member.topic_id, member.last_read, member.read_at IS NULL AS was_never, topic.last_number
    FROM forum_topicmember member JOIN forum_topic topic ON topic.id = member.topic_id
    WHERE member.user_id = %(user)s AND topic.category_id = ANY(%(categories)s)
        AND member.last_read < topic.last_number AND (member.last_read > 0 OR member.level IN ('watching', 'tracking'))
    FOR UPDATE OF member
)
UPDATE forum_topicmember member SET last_read = before.last_number, read_at = coalesce(member.read_at, %(at)s) FROM before
WHERE member.topic_id = before.topic_id AND member.user_id = %(user)s
RETURNING member.topic_id, before.last_read, before.last_number, before.was_never
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


@transaction.atomic
def mark_whole_topic_read(topic: Topic, *, by: User, at: datetime) -> ReadBefore:
    """Everything in it up to now counts as read. Returns how it was."""
    mine = TopicMember.objects.select_for_update().filter(user_id=by.pk, topic_id=topic.pk).first()
    mark_topic_read(topic, by=by, number=topic.last_number, at=at)
    was = (mine.last_read, mine.read_at.isoformat() if mine.read_at else None) if mine else (None, None)
    return ReadBefore(at.isoformat(), topic.last_number, *was)


@transaction.atomic
def mark_seen(topic: Topic, *, by: User, numbers: Collection[int], last_read: int, at: datetime) -> None:
    """These posts were seen, out of order, by somebody who had read up to `last_read`: everything ahead of the first one that
    has a place on their page and was not seen is read. Numbers that an import lacked hold nobody up."""
    seen = {number for number in numbers if last_read < number <= topic.last_number}
    if not seen:
        return
    unseen = Post.objects.placed_for(by).filter(topic=topic.pk, number__gt=last_read).exclude(number__in=seen)
    first = unseen.in_time().values_list("number", flat=True).first()
    number = topic.last_number if first is None else first - 1
    if number > last_read:
        mark_topic_read(topic, by=by, number=number, at=at)


def choose_face(*, by: User, face: str) -> None:
    """Topics open so for this person from now on, on every device. Raises ValueError for what is no face."""
    if face not in FACES:
        raise ValueError(face)
    User.objects.filter(pk=by.pk).update(topic_face=face)


@transaction.atomic
def follow_topic(topic: Topic, *, by: User, level: str) -> FollowBefore:
    """Watch, track, read normally or mute: their own choice, which nothing changes but another. Returns how it was. Raises
    ValueError for another level, Refused."""
    permissions.can_follow(by, topic).enforce()
    mine = TopicMember.objects.select_for_update().filter(user_id=by.pk, topic_id=topic.pk).first()
    chosen = {"level": Level(level), "because": Because.CHOSEN}
    TopicMember.objects.update_or_create(user_id=by.pk, topic_id=topic.pk, defaults=chosen)
    return FollowBefore(mine.level, mine.because) if mine else FollowBefore(None)


@transaction.atomic
def follow_category(category: Category, *, by: User, level: str) -> FollowBefore:
    """Hear of every new topic, have them counted, read normally, or mute. Returns how it was. Raises ValueError for another
    level, Refused."""
    permissions.can_follow_category(by, category).enforce()
    mine = CategoryMember.objects.select_for_update().filter(user_id=by.pk, category_id=category.pk).first()
    CategoryMember.objects.update_or_create(user_id=by.pk, category_id=category.pk, defaults={"level": Level(level)})
    return FollowBefore(mine.level if mine else None)


def mark_category_read(category: Category, *, by: User, at: datetime) -> MarksBefore:
    """What was posted here up to now counts as read. Returns the marks as they were."""
    permissions.can_follow_category(by, category).enforce()
    return _mark_read([category], by=by, at=at)


def mark_all_read(*, by: User, at: datetime) -> MarksBefore:
    """What was posted up to now, wherever they may read, counts as read. Notices stay: they have their own list. Returns the
    marks as they were."""
    permissions.can_keep_marks(by).enforce()
    return _mark_read(Category.objects.visible_to(by), by=by, at=at)


@transaction.atomic
def _mark_read(categories: Collection[Category], *, by: User, at: datetime) -> MarksBefore:
    known = CategoryMember.objects.select_for_update().filter(user_id=by.pk, category__in=[one.pk for one in categories])
    stood = {mine.category_id: mine.watermark.isoformat() if mine.watermark else "" for mine in known}
    rows = [CategoryMember(user_id=by.pk, category_id=category.pk, watermark=at) for category in categories]
    CategoryMember.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "category"], update_fields=["watermark"]
    )
    with connection.cursor() as cursor:
        cursor.execute(_CATCH_UP, {"user": by.pk, "categories": [row.category_id for row in rows], "at": at})
        marks = cursor.fetchall()
    return MarksBefore(at.isoformat(), [(row.category_id, stood.get(row.category_id)) for row in rows], marks)
