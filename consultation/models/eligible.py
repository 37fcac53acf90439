from typing import ClassVar

from django.conf import settings
from django.db import models

from consultation.models.consultation import Consultation


class Invited(models.Model):
    """Somebody on the list of a consultation that asks only those on it."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="invited")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["consultation", "user"], name="invited_once")]

    def __str__(self) -> str:
        return f"user {self.user_id}"


class Eligible(models.Model):
    """Somebody who may answer: the list frozen at the opening, in random order, with nation and list size as they stood then
    (empty: not stated). `on_supplement`: became entitled afterwards; shown apart, in no denominator. Rows do not change and say
    nothing of who took part. That what they refer to is there, and stays, is held by triggers that look at a whole list at once
    (migration 0100)."""

    # `eligible_once` is the index for both: by the first, or skipping from one consultation to the next.
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="eligible", db_constraint=False, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    nation = models.CharField(max_length=20, blank=True)
    list_size = models.CharField(max_length=10, blank=True)
    on_supplement = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["consultation", "user"], name="eligible_once")]

    def __str__(self) -> str:
        return f"user {self.user_id}"
