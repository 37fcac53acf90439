import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.db.models.query import QuerySet

from digest import slowing
from digest.models.subscriber_list import SubscriberList
from digest.streams import WEEKLY
from mail.models import Address, ConsentEvent


class SubscriptionQuerySet(QuerySet[Any]):
    def open(self) -> Self:
        """Not ended: pending or active."""
        return self.filter(ended_at=None)

    def active(self) -> Self:
        return self.filter(state="active", ended_at=None)

    def due(self, at: datetime) -> Self:
        return self.active().filter(next_due_at__lte=at).exclude(pace="stopped")


class Subscription(models.Model):
    """An address that asked for a stream: on which day and hour, and what is in it.

    `next_due_at` is when the next edition is to go to it; who asks while this week's edition is out gets that one at once.
    `categories` empty: everything that the reader may see. `plain_text`: without HTML. `when_empty`: where nothing is new, a
    short edition that says so, or none. `read_at`: the last sign of reading, or since when we look for one; without any, `pace`
    slows down (`digest.slowing`), `paced_at` says since when. An ended row stays as proof; asking again makes a new one.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        ACTIVE = "active"
        ENDED = "ended"

    class WhenEmpty(models.TextChoices):
        SHORT = "short", "Send a short edition that says so"
        NONE = "none", "Send nothing"

    class Pace(models.TextChoices):
        USUAL = slowing.USUAL
        MONTHLY = slowing.MONTHLY
        LAST = slowing.LAST
        STOPPED = slowing.STOPPED

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.ForeignKey(Address, models.PROTECT, related_name="subscriptions")
    stream = models.CharField(max_length=20, default=WEEKLY)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    weekday = models.PositiveSmallIntegerField(default=4)
    local_hour = models.PositiveSmallIntegerField(default=7)
    tz = models.CharField(max_length=40, default="Europe/London")
    topics = ArrayField(models.BigIntegerField(), default=list, blank=True)
    categories = ArrayField(models.BigIntegerField(), default=list, blank=True)
    plain_text = models.BooleanField(default=False, db_default=False)
    when_empty = models.CharField(max_length=5, choices=WhenEmpty, default=WhenEmpty.SHORT, db_default=WhenEmpty.SHORT)
    paused_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    pace = models.CharField(max_length=8, choices=Pace, default=Pace.USUAL, db_default=Pace.USUAL)
    paced_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(db_default=Now())
    basis = models.CharField(max_length=30, choices=ConsentEvent.Basis, default=ConsentEvent.Basis.CONSENT)
    brought_by = models.ForeignKey(SubscriberList, models.PROTECT, null=True, related_name="subscriptions", db_index=False)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=40, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["address", "stream"], condition=models.Q(ended_at=None), name="one_open_subscription_per_address"
            ),
            models.CheckConstraint(
                name="subscription_ended_says_when",
                condition=models.Q(state="ended", ended_at__isnull=False)
                | models.Q(state__in=["pending", "active"], ended_at=None),
            ),
            models.CheckConstraint(
                name="subscription_active_was_confirmed",
                condition=~models.Q(state="active") | models.Q(confirmed_at__isnull=False, next_due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="subscription_day_and_hour_exist",
                condition=models.Q(weekday__lte=6, local_hour__lte=23),
            ),
            models.CheckConstraint(
                name="subscription_slowed_down_says_since_when",
                condition=models.Q(pace="usual", paced_at=None)
                | models.Q(pace__in=["monthly", "last", "stopped"], paced_at__isnull=False),
            ),
            models.CheckConstraint(name="subscription_when_empty_is_known", condition=models.Q(when_empty__in=["short", "none"])),
        ]
        indexes: ClassVar = [
            models.Index("next_due_at", "address", name="subscription_due", condition=models.Q(state="active")),
            models.Index("brought_by", name="subscription_brought", condition=models.Q(brought_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.pk}"

    def is_paused_at(self, moment: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > moment
