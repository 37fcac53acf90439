from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultation.models.consultation import Consultation
from consultation.models.version import Version


class Review(models.Model):
    """One round of a second person's look at a draft: who asked, who decided, about which text (`digest`). `approved` is None
    until it is decided; a round that was taken back, or lapsed because the text changed, has `ended_at` and no decision.
    `version`: which later version it is about; None: the consultation before its opening."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="reviews")
    version = models.ForeignKey(Version, models.CASCADE, null=True, related_name="reviews")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved = models.BooleanField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(decided_at=None, ended_at=None), name="one_review_under_way"
            ),
            models.CheckConstraint(
                name="review_is_decided_by_another",
                condition=Q(decided_at=None, decided_by=None, approved=None)
                | (Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False) & ~Q(decided_by=F("asked_by"))),
            ),
            models.CheckConstraint(name="review_that_wants_changes_says_which", condition=~Q(approved=False) | ~Q(note="")),
            models.CheckConstraint(name="review_approves_a_text", condition=~Q(approved=True) | ~Q(digest="")),
        ]

    def __str__(self) -> str:
        return f"review of {self.consultation_id}"
