from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet


class SanctionQuerySet(QuerySet["Sanction"]):
    def in_force_at(self, at: datetime | models.functions.Now) -> Self:
        """Suspensions that hold at this moment."""
        return self.filter(kind=Sanction.Kind.SUSPENSION, lifted_at=None, imposed_at__lte=at, ends_at__gt=at)

    def latest_first(self) -> Self:
        return self.order_by("-imposed_at", "-pk")


class Sanction(models.Model):
    """What was decided against a person: written by moderation, read by every rule through `standing_of`. Lifted, never
    deleted. `reason` is told to the person."""

    class Kind(models.TextChoices):
        WARNING = "warning", "Warning"
        SUSPENSION = "suspension", "Suspension"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sanctions")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=500)
    imposed_at = models.DateTimeField()
    imposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lift_reason = models.CharField(max_length=500, blank=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="suspension_ends_and_warning_does_not",
                condition=models.Q(kind="suspension", ends_at__isnull=False, ends_at__gt=models.F("imposed_at"))
                | models.Q(kind="warning", ends_at=None),
            ),
            models.CheckConstraint(name="sanction_says_why", condition=~models.Q(reason="")),
            models.CheckConstraint(name="nobody_sanctions_themselves", condition=~models.Q(user=models.F("imposed_by"))),
            models.CheckConstraint(
                name="lifted_sanction_says_by_whom",
                condition=models.Q(lifted_at=None, lifted_by=None, lift_reason="")
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of user {self.user_id}"
