"""Keeping a topic above its list until a date."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from forum import permissions
from forum.models import Topic


class PinInThePast(DomainError):
    """A topic is pinned until a moment that is still to come."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Until when, and whether above the lists of every category too (for each reader until they opened it)."""

    until: datetime
    everywhere: bool = False


@transaction.atomic
def pin_topic(topic: Topic, *, by: User, pin: Pin, at: datetime) -> Topic:
    """Above its list from now until the moment; pinned already, the new moment holds. Raises PinInThePast, Refused."""
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_announce(by, topic.category).enforce()
    if pin.until <= at:
        raise PinInThePast("Choose a day that is still to come.")
    topic.pinned_until, topic.pinned_everywhere = pin.until, pin.everywhere
    topic.save(update_fields=["pinned_until", "pinned_everywhere"])
    until = pin.until.isoformat()
    audit.record("topic.pin", subject=("topic", topic.pk), by=by.pk, at=at, until=until, everywhere=pin.everywhere)
    return topic


@transaction.atomic
def unpin_topic(topic: Topic, *, by: User, at: datetime) -> Topic:
    """Back in its place. Nothing happens where it is not pinned."""
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_announce(by, topic.category).enforce()
    if topic.pinned_until is not None:
        topic.pinned_until, topic.pinned_everywhere = None, False
        topic.save(update_fields=["pinned_until", "pinned_everywhere"])
        audit.record("topic.unpin", subject=("topic", topic.pk), by=by.pk, at=at)
    return topic
