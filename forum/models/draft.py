from typing import ClassVar

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """What somebody is writing and has not sent. `key` names the form (`reply:7`, `topic:accreditation`, `edit:12`);
    `sequence` rises with every save, and an older one never overwrites a newer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    sequence = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True)
    parent_number = models.PositiveIntegerField(null=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_person_and_form")]

    def __str__(self) -> str:
        return f"draft {self.key}"
