"""The life of one message to one address, the same for a mail of the outbox and for a delivery of the weekly.

pending → claimed → sending → accepted. `sending` is the intent, committed before the first byte: whoever dies after it leaves
the row for `uncertain`, never for a blind second try. Who dies before it leaves `claimed`, which may safely start again.
"""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet


class HandOverQuerySet(QuerySet[Any]):
    def due(self, at: datetime) -> Self:
        """Waiting, and its time has come."""
        waiting = models.Q(state__in=["pending", "deferred"])
        return self.filter(waiting, models.Q(next_attempt_at=None) | models.Q(next_attempt_at__lte=at))

    def lease_ran_out(self, at: datetime) -> Self:
        return self.filter(state__in=["claimed", "sending"], lease_until__lt=at)


class HandOver(models.Model):
    """Columns and states of a message on its way; `mail.claims`, `mail.marks` and `mail.handover` move them. Each table holds a
    `message_id` once, by a constraint of its own: `unique=True` would also make an index to find one by its beginning, which
    nobody does and every mark pays for."""

    class State(models.TextChoices):
        PENDING = "pending"
        CLAIMED = "claimed"
        SENDING = "sending"
        ACCEPTED = "accepted"
        DEFERRED = "deferred"
        UNCERTAIN = "uncertain"
        FAILED = "failed"
        SUPPRESSED = "suppressed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"

    FINAL: ClassVar = ("accepted", "failed", "suppressed", "cancelled", "expired")

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - none before the first attempt
    smtp_code = models.PositiveSmallIntegerField(null=True)
    enh_code = models.CharField(max_length=12, blank=True)
    reply = models.CharField(max_length=500, blank=True)
    first_attempt_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        abstract = True
