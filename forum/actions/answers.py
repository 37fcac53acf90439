"""Saying which reply answered a question."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from forum import permissions
from forum.actions.speaking import refuse_the_silenced
from forum.models import Post, Topic
from notifications.events import record_event


class NotAnAnswer(DomainError):
    """Only a reply that is on show can be accepted."""


@transaction.atomic
def accept_answer(post: Post, *, by: User, at: datetime) -> Topic:
    """This reply answered the question of its topic, in place of any accepted before. Said twice, nothing more happens. Raises
    NotAnAnswer, Refused."""
    topic = _held(post.topic, by)
    post = Post.objects.get(pk=post.pk)
    if post.number == 1 or post.state != Post.State.PUBLISHED or post.topic_id != topic.pk:
        raise NotAnAnswer("Only a reply that is on show can be accepted as the answer.")
    if post.kept_from is not None:
        raise NotAnAnswer("This reply is kept from some of the members: it cannot be the answer for everybody.")
    if topic.solution_number == post.number:
        return topic
    topic.solution_number = post.number
    topic.save(update_fields=["solution_number"])
    actor = None if topic.persona_id else by.pk  # whoever accepts for a persona may be its owner
    record_event("forum.accepted", at=at, by=actor, topic=topic.pk, post=post.pk, number=post.number)
    _record("topic.accept", topic, by=by, at=at)
    return topic


@transaction.atomic
def take_acceptance_back(topic: Topic, *, by: User, at: datetime) -> Topic:
    """The question is open again. Nothing happens where nothing was accepted."""
    topic = _held(topic, by)
    if topic.solution_number is not None:
        topic.solution_number = None
        topic.save(update_fields=["solution_number"])
        _record("topic.unaccept", topic, by=by, at=at)
    return topic


def _held(topic: Topic, by: User) -> Topic:
    topic = Topic.objects.select_related("category", "persona").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_accept(by, topic).enforce()
    refuse_the_silenced(by)
    return topic


def _record(what: str, topic: Topic, *, by: User, at: datetime) -> None:
    """A moderator's decision about somebody else's question is audited; what its author says of it is ordinary."""
    if topic.author_id not in (None, by.pk):
        audit.record(what, subject=("topic", topic.pk), by=by.pk, at=at)
