"""Another title for a topic: its author's, before anybody else saw it; a moderator's, where it tells what it must not."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common import audit
from common.doors import open_door
from forum import permissions
from forum.actions.errors import TextRefused
from forum.actions.notes import clean_reason, leave_note
from forum.actions.speaking import refuse_the_silenced
from forum.models import Topic, TopicNote
from forum.texts import clean_title, title_problem, topic_slug


@transaction.atomic
def retitle_topic(topic: Topic, *, by: User, title: str, at: datetime) -> Topic:
    """It waits for a moderator, who reads it as it then stands; its address goes with the title. Nothing says who did it: under a
    pseudonym nothing may. Raises TextRefused, Refused."""
    problem = title_problem(title)
    if problem:
        raise TextRefused(problem)
    topic = Topic.objects.select_related("category", "persona").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_retitle(by, topic).enforce()
    refuse_the_silenced(by)
    topic.title = clean_title(title)
    topic.slug = topic_slug(topic.title)
    topic.save(update_fields=["title", "slug"])
    return topic


@transaction.atomic
def correct_title(topic: Topic, *, by: User, title: str, reason: str, at: datetime) -> Topic:
    """A title that gives something away stands nowhere any more: on no page, and in no edition (settings.TITLE_CORRECTED). A note
    says that it was changed and why; what it was is kept for moderators alone. Raises TextRefused, ReasonMissing, Refused."""
    reason = clean_reason(reason)
    problem = title_problem(title)
    if problem:
        raise TextRefused(problem)
    topic = Topic.objects.select_related("category", "persona").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_correct_title(by, topic).enforce()
    before, title = topic.title, clean_title(title)
    if title == before:
        return topic
    topic.title, topic.slug = title, topic_slug(title)
    topic.save(update_fields=["title", "slug"])
    leave_note(topic, TopicNote.Kind.RETITLED, reason=reason, at=at, former_title=before)
    for door in settings.TITLE_CORRECTED:
        open_door(door)(topic.pk, before, title)
    audit.record("topic.correct_title", subject=("topic", topic.pk), by=by.pk, at=at, reason=reason)
    return topic
