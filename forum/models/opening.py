from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.query import QuerySet

from forum.models.persona import Persona


class OpeningQuerySet(QuerySet["Opening"]):
    def waiting(self) -> Self:
        return self.filter(closed_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")


class Opening(models.Model):
    """Somebody wants to know who is behind a persona, and why; two officers open it or do not.

    Each officer's share of the key lies here boxed for the others alone, never in the clear, until `closed_at`: then it is
    deleted. Nothing here names the person behind the persona. `lapses_at`: until when the second officer can agree.
    """

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="openings")
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lapses_at = models.DateTimeField()
    first_at = models.DateTimeField(null=True)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_reason = models.CharField(max_length=500, blank=True)
    first_share = models.JSONField(default=dict)
    second_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_reason = models.CharField(max_length=500, blank=True)
    second_share = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["persona"], condition=Q(closed_at=None), name="one_opening_at_a_time_per_persona"),
            models.CheckConstraint(name="opening_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="first_officer_says_when_and_why",
                condition=Q(first_by=None, first_at=None, first_reason="")
                | (Q(first_by__isnull=False, first_at__isnull=False) & ~Q(first_reason="")),
            ),
            models.CheckConstraint(
                name="second_officer_is_another_with_a_reason",
                condition=Q(second_by=None, second_at=None, second_reason="")
                | (
                    Q(second_by__isnull=False, second_at__isnull=False, first_by__isnull=False)
                    & ~Q(second_reason="")
                    & ~Q(second_by=F("first_by"))
                ),
            ),
            models.CheckConstraint(
                name="closed_opening_keeps_no_share", condition=Q(closed_at=None) | Q(first_share={}, second_share={})
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"

    @property
    def is_opened(self) -> bool:
        return self.second_at is not None

    def is_over(self, at: datetime) -> bool:
        """Closed, or its time ran out."""
        return self.closed_at is not None or at >= self.lapses_at
