from typing import ClassVar

from django.conf import settings
from django.db import models


class NoticePreference(models.Model):
    """Whether somebody wants a kind of notice by mail too. No row: the kind's own default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    by_mail = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_person_and_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {'by mail' if self.by_mail else 'not by mail'}"
