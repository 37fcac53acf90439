from typing import ClassVar

from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation


class Version(models.Model):
    """A questionnaire. While `published_at` is empty it is being written; afterwards a trigger refuses any change of it, its
    pages, questions and choices. `canonical` is `Questionnaire.as_dict()`, `digest` its SHA-256 in hexadecimal."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True)
    canonical = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(published_at=None), name="one_unpublished_version_per_consultation"
            ),
            models.CheckConstraint(
                name="version_published_is_spelt_out",
                condition=Q(published_at=None, canonical=None, digest="")
                | (Q(published_at__isnull=False, canonical__isnull=False) & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
