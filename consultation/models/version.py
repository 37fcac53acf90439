from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultation.models.consultation import Consultation


class Version(models.Model):
    """A questionnaire. While `published_at` is empty it is being written; afterwards a trigger refuses any change of it, its
    pages, questions and choices. `canonical` is `Questionnaire.as_dict()`, `digest` its SHA-256 in hexadecimal.

    A version after the first changes what is asked while it is open: `materiality` and `reason` say how much and why, a second
    person approved both with its very text (`Review.version`; a trigger holds it). `counts_from` is the number of the earliest
    version with which its answers are counted together: its own where it is material. `answered_before`: how many had a current
    response when it was published.
    """

    class Materiality(models.TextChoices):
        TYPO = "typo", "A slip of the pen"
        MATERIAL = "material", "Material"

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True)
    canonical = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    materiality = models.CharField(max_length=10, choices=Materiality, blank=True, default="", db_default="")
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    counts_from = models.PositiveSmallIntegerField(default=1, db_default=1)
    answered_before = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(published_at=None), name="one_unpublished_version_per_consultation"
            ),
            models.CheckConstraint(
                name="version_published_is_spelt_out",
                condition=Q(published_at=None, canonical__isnull=True, digest="")
                | (Q(published_at__isnull=False, canonical__isnull=False) & ~Q(digest="")),
            ),
            models.CheckConstraint(name="version_materiality_is_known", condition=Q(materiality__in=["", "typo", "material"])),
            models.CheckConstraint(
                name="version_published_later_says_why_and_by_whom",
                condition=Q(number=1)
                | Q(published_at=None)
                | (
                    ~Q(materiality="")
                    & ~Q(reason="")
                    & Q(started_by__isnull=False, started_at__isnull=False, published_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="version_counts_from_itself_or_before", condition=Q(counts_from__gte=1, counts_from__lte=F("number"))
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def is_material(self) -> bool:
        return self.materiality == self.Materiality.MATERIAL
