"""Taking back what somebody did by a slip: everything becomes as it was before, but for what was changed again since."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from common.errors import DomainError
from forum.actions.reading import FollowBefore, MarksBefore, ReadBefore
from forum.models import Bookmark, CategoryMember, Level, Post, TopicMember
from notifications.actions import reading
from notifications.models import Notice

_MARKS = """
UPDATE forum_topicmember member SET last_read = told.before,
    read_at = CASE WHEN told.never THEN NULL ELSE member.read_at END
FROM unnest(%(topics)s::bigint[], %(before)s::int[], %(after)s::int[], %(never)s::bool[]) AS told(topic, before, after, never)
WHERE member.user_id = %(user)s AND member.topic_id = told.topic AND member.last_read = told.after
"""


class ChangedSince(DomainError):
    """It is not as it was left: what was done last stays."""


@transaction.atomic
def unfollow_as_before(topic_id: int, before: FollowBefore, *, by: User, level: str) -> None:
    """How closely `by` follows a topic is what it was before they chose `level`. Raises ChangedSince."""
    mine = TopicMember.objects.select_for_update().filter(user=by, topic=topic_id).first()
    if mine is None or mine.level != level:
        raise ChangedSince("You chose again since: that stays.")
    if before.level is None and mine.last_read == 0:
        TopicMember.objects.filter(user=by, topic=topic_id).delete()
        return
    mine.level, mine.because = Level(before.level or Level.NORMAL), before.because
    mine.save(update_fields=["level", "because"])


@transaction.atomic
def hear_as_before(topic_id: int, before: FollowBefore, *, by: User, muted_at: datetime) -> None:
    """A topic that was muted is followed as it was, and what was told of it and counted as read by that is unread. Raises
    ChangedSince."""
    unfollow_as_before(topic_id, before, by=by, level=Level.MUTED)
    reading.mark_unread(Notice.objects.about(topic=topic_id), by=by, read_at=muted_at)


@transaction.atomic
def unread_as_before(topic_id: int, before: ReadBefore, *, by: User) -> None:
    """One topic is read as far as it was, and so are the notices about it. Raises ChangedSince where more was read since."""
    mine = TopicMember.objects.select_for_update().filter(user=by, topic=topic_id, last_read=before.became).first()
    if mine is None:
        raise ChangedSince("You read on since: that stays.")
    reading.mark_unread(Notice.objects.about(topic=topic_id), by=by, read_at=datetime.fromisoformat(before.at))
    if before.last_read is None and mine.level == Level.NORMAL:
        mine.delete()
        return
    mine.last_read = before.last_read or 0
    mine.read_at = datetime.fromisoformat(before.read_at) if before.read_at else None
    mine.save(update_fields=["last_read", "read_at"])


@transaction.atomic
def unfollow_category_as_before(category_id: int, before: FollowBefore, *, by: User, level: str) -> None:
    """The same for a category. Raises ChangedSince."""
    mine = CategoryMember.objects.select_for_update().filter(user=by, category=category_id).first()
    if mine is None or mine.level != level:
        raise ChangedSince("You chose again since: that stays.")
    if before.level is None and mine.watermark is None:
        CategoryMember.objects.filter(user=by, category=category_id).delete()
        return
    mine.level = Level(before.level or Level.NORMAL)
    mine.save(update_fields=["level"])


@transaction.atomic
def put_marks_back(before: MarksBefore, *, by: User) -> None:
    """Nothing of what was marked as read at that moment is, any more. What was read since stays read. Safe to call twice."""
    mine = CategoryMember.objects.filter(user=by, watermark=datetime.fromisoformat(before.at))
    for category_id, watermark in before.watermarks:
        here = mine.filter(category=category_id)
        if watermark is None:
            here.filter(level=Level.NORMAL).delete()
        here.update(watermark=datetime.fromisoformat(watermark) if watermark else None)
    topics, was, became, never = zip(*before.marks, strict=True) if before.marks else ((), (), (), ())
    told: dict[str, Any] = {
        "user": by.pk,
        "topics": list(topics),
        "before": list(was),
        "after": list(became),
        "never": list(never),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, told)


def put_bookmark_back(
    post_id: int,
    *,
    by: User,
    note: str,
    remind_on: date | None,
    reminded_at: datetime | None,
    created_at: datetime,
) -> None:
    """A bookmark that was taken away, with its note and its day; one that was made since stays. Raises ChangedSince where the
    post is gone."""
    if not Post.objects.filter(~Q(state=Post.State.GAP), pk=post_id).exists():
        raise ChangedSince("That post is not there any more.")
    kept = {"note": note, "remind_on": remind_on, "reminded_at": reminded_at, "created_at": created_at}
    Bookmark.objects.get_or_create(user=by, post_id=post_id, defaults=kept)
