"""Closing a topic for good: read and found, out of the lists."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from forum import permissions
from forum.actions.notes import clean_reason, leave_note
from forum.models import Topic, TopicNote


@transaction.atomic
def archive_topic(topic: Topic, *, by: User, reason: str, at: datetime) -> Topic:
    """Nothing can be added, changed or voted; it stands in the category's list of archived topics only. Archived already, the
    first reason stays. Raises ReasonMissing, Refused."""
    reason = clean_reason(reason)
    topic = _held(topic, by)
    if not topic.is_archived:
        topic.archived_at, topic.archive_reason = at, reason
        topic.save(update_fields=["archived_at", "archive_reason"])
        leave_note(topic, TopicNote.Kind.ARCHIVED, reason=reason, at=at)
        audit.record("topic.archive", subject=("topic", topic.pk), by=by.pk, at=at, reason=reason)
    return topic


@transaction.atomic
def unarchive_topic(topic: Topic, *, by: User, at: datetime) -> Topic:
    """Back among the others. Nothing happens where it is not archived."""
    topic = _held(topic, by)
    if topic.is_archived:
        topic.archived_at, topic.archive_reason = None, ""
        topic.save(update_fields=["archived_at", "archive_reason"])
        leave_note(topic, TopicNote.Kind.UNARCHIVED, reason="", at=at)
        audit.record("topic.unarchive", subject=("topic", topic.pk), by=by.pk, at=at)
    return topic


def _held(topic: Topic, by: User) -> Topic:
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_moderate(by, topic.category).enforce()
    return topic
