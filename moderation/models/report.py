from typing import ClassVar, Final

from django.conf import settings
from django.db import models


class Reason(models.TextChoices):
    """Why somebody reports; the order is that of the form."""

    NAMES = "names", "Names a patient or a colleague"
    RULES = "rules", "Breaks the rules of debate: insults, threatens, harasses"
    UNLAWFUL = "unlawful", "Unlawful: libel, a breach of confidence, a threat"
    SELLING = "selling", "Spam, or selling something"
    PLACE = "place", "Not in the right place"
    OTHER = "other", "Something else"


WEIGHTS: Final = {"names": 5, "unlawful": 5, "rules": 3, "selling": 2, "place": 1, "other": 2}
"""How much a report for a reason adds to the weight of its case."""


class Report(models.Model):
    """One person says what is wrong. Shown to moderators, never to the person reported."""

    case = models.ForeignKey("moderation.Case", models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reports", db_index=False)
    reason = models.CharField(max_length=10, choices=Reason)
    text = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "reporter"], name="one_report_per_person_and_case"),
            models.CheckConstraint(name="report_reason_is_known", condition=models.Q(reason__in=Reason.values)),
            models.CheckConstraint(
                name="report_for_something_else_says_what", condition=~models.Q(reason="other") | ~models.Q(text="")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["reporter", "-at"], name="report_by_person")]

    def __str__(self) -> str:
        return f"{self.reason} in case {self.case_id}"
