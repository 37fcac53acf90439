from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from consultation.models.response import Answer
from consultation.redaction import CATEGORIES


class Showing(models.Model):
    """What becomes of one answer in somebody's own words, when responses are shown: `text` is what others read of it.

    What is shown as it was written takes one organiser. What is shown without some of its words, or kept back, takes a second one
    (`agreed_…`). The words themselves stay in the answer, which
    nobody rewrites; a changed mind is a new decision here, and the audit has both.
    """

    class Decision(models.TextChoices):
        SHOWN = "shown", "Shown as it was written"
        REDACTED = "redacted", "Shown without some words"
        KEPT_BACK = "kept-back", "Not shown"

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="showing")
    decision = models.CharField(max_length=10, choices=Decision)
    reason = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    search = models.GeneratedField(
        expression=SearchVector("text", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="showing_decision_is_known", condition=Q(decision__in=["shown", "redacted", "kept-back"])
            ),
            models.CheckConstraint(
                name="what_is_kept_back_has_a_reason_and_no_text",
                condition=~Q(decision="kept-back") | (~Q(reason="") & Q(text="")),
            ),
            models.CheckConstraint(
                name="showing_agreed_by_another",
                condition=Q(agreed_at=None, agreed_by=None)
                | (Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("decided_by"))),
            ),
        ]
        indexes: ClassVar = [GinIndex("search", name="showing_search")]

    def __str__(self) -> str:
        return f"{self.decision}: answer {self.answer_id}"

    @property
    def is_final(self) -> bool:
        """Nobody else has to look at it."""
        return self.decision == self.Decision.SHOWN or self.agreed_at is not None


class Redaction(models.Model):
    """Characters of an answer that others do not read, and why: the category stands in their place, the reason is read by the
    second organiser and by whoever wrote them. Empty where it was taken out before reasons were kept."""

    showing = models.ForeignKey(Showing, models.CASCADE, related_name="redactions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    category = models.CharField(max_length=10)
    reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["start"]
        constraints: ClassVar = [
            models.CheckConstraint(name="redaction_takes_something_out", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="redaction_category_is_known", condition=Q(category__in=["patient", "personal", "third", "legal", "abuse"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} to {self.end}: {self.category}"

    @property
    def why(self) -> str:
        """The category in words, with the reason."""
        return f"{CATEGORIES[self.category]}: {self.reason}" if self.reason else CATEGORIES[self.category]
