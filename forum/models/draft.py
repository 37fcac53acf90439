from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet


class DraftQuerySet(QuerySet["Draft"]):
    def unfinished(self) -> Self:
        """Those with something in them: an empty one only holds its sequence."""
        return self.exclude(title="", body="", poll__isnull=True)

    def latest_first(self) -> Self:
        return self.order_by("-saved_at", "-pk")


class Draft(models.Model):
    """What somebody is writing and has not sent. `key` names the form (`reply:7` to a topic, `reply:7:12` to a post of it,
    `start:3` in a category, `edit:12` of a post); `sequence` rises by one with every save and is counted here, not by a device.
    `poll`: the fields of a poll that is begun with it, as they were typed; else null. With none of these it was posted or thrown
    away."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    sequence = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True)
    parent_number = models.PositiveIntegerField(null=True)
    poll = models.JSONField(null=True)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_person_and_form")]

    def __str__(self) -> str:
        return f"draft {self.key}"

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.body or self.poll)
