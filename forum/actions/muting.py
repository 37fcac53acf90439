"""Hearing no more of a topic, and hearing of it again."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from forum.actions.reading import FollowBefore, follow_topic
from forum.models import Level, Topic
from notifications.actions import reading
from notifications.models import Notice


@transaction.atomic
def mute_topic(topic: Topic, *, by: User, at: datetime) -> FollowBefore:
    """No notice and no mail about it reaches `by` any more, and what was told of it counts as read. Returns how they followed
    it. Safe to call twice. Raises Refused."""
    before = follow_topic(topic, by=by, level=Level.MUTED)
    reading.mark_read(Notice.objects.about(topic=topic.pk), by=by, at=at)
    return before


def unmute_topic(topic: Topic, *, by: User, at: datetime) -> None:
    """Muted by mistake: it is followed like any other that was answered. Raises Refused."""
    follow_topic(topic, by=by, level=Level.TRACKING)
