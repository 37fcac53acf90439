from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from consultation.models.response import Response


class Exclusion(models.Model):
    """A response that is not counted, with the reason that everybody reads. One organiser asks, another agrees; until then it
    counts. Before results are published it is counted again by deleting this, and the audit has both. It goes with its response.
    `handle` is drawn, for addresses: the reference of the receipt stands in none, since addresses are logged."""

    response = models.OneToOneField(Response, models.CASCADE, primary_key=True, related_name="exclusion")
    handle = models.UUIDField(db_default=RandomUUID(), editable=False)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handle"], name="one_exclusion_per_handle"),
            models.CheckConstraint(name="exclusion_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="exclusion_agreed_by_another",
                condition=Q(agreed_at=None, agreed_by=None)
                | (Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}: {self.reason}"
