from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class AuthorshipClaim(models.Model):
    """A member says that an imported author is they; an administrator decides, with a reason. The outcome stays."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Declined"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authorship_claims")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proof = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "author"], condition=Q(outcome=""), name="one_open_claim_per_user_and_author"
            ),
            models.UniqueConstraint(fields=["author"], condition=Q(outcome="granted"), name="an_author_is_claimed_once"),
            models.CheckConstraint(name="nobody_claims_themselves", condition=~Q(user=F("author"))),
            models.CheckConstraint(
                name="authorship_is_decided_by_another_with_a_reason",
                condition=Q(outcome="", decided_at=None, decided_by=None, reason="")
                | (
                    Q(outcome__in=["granted", "declined"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                    & ~Q(decided_by=F("user"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} claims author {self.author_id}"
