from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet

MOST_ATTEMPTS = 6


class InboundMailQuerySet(QuerySet["InboundMail"]):
    def due(self, at: datetime) -> Self:
        """Kept and not yet taken in; neither in somebody's hands, nor tried too often."""
        return self.filter(outcome="", attempts__lt=MOST_ATTEMPTS, next_attempt_at__lte=at)


class InboundMail(models.Model):
    """A mail that came to an address of ours, once however often it is brought: `name` is the hash of its Message-ID.

    `raw` lies here until an outcome stands, and no longer. `answer` is what its sender was told, in our words; whose mail it
    was stands nowhere.
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken"
        REFUSED = "refused"
        DROPPED = "dropped"
        UNKNOWN = "unknown"

    name = models.CharField(max_length=64, unique=True)
    message_id = models.CharField(max_length=250, blank=True)
    raw = models.BinaryField(null=True)
    came_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.CharField(max_length=400, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="inbound_mail_is_kept_only_until_it_is_taken_in",
                condition=models.Q(outcome="") | models.Q(outcome__in=["taken", "refused", "dropped", "unknown"], raw=None),
            ),
        ]
        indexes: ClassVar = [models.Index("id", name="inbound_waiting", condition=models.Q(outcome=""))]

    def __str__(self) -> str:
        return f"inbound mail {self.pk}"
