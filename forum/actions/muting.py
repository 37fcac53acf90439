"""Hearing no more of a topic, and hearing of it again."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from forum.actions.reading import follow_topic
from forum.models import Level, Topic
from notifications.actions import reading
from notifications.models import Notice


@transaction.atomic
def mute_topic(topic: Topic, *, by: User, at: datetime) -> None:
    """No notice and no mail about it reaches `by` any more, and what was told of it counts as read. Safe to call twice. Raises
    Refused."""
    follow_topic(topic, by=by, level=Level.MUTED)
    reading.mark_read(Notice.objects.about(topic=topic.pk), by=by, at=at)


def unmute_topic(topic: Topic, *, by: User, at: datetime) -> None:
    """Muted by mistake: it is followed like any other that was answered. Raises Refused."""
    follow_topic(topic, by=by, level=Level.TRACKING)
