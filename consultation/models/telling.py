from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation

REMINDERS = ("opened", "three_days", "one_day", "silent", "segment", "wrong_key")


class Reminder(models.Model):
    """That everybody concerned was told of something, once: of the opening, three days and one day before the end (`end`: which
    one, it may be extended), the silent once, a segment that is little heard; staff, each day (`end`: its beginning),
    that its key does not open. `nation` and `list_size` name the segment."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12)
    end = models.DateTimeField(null=True)
    nation = models.CharField(max_length=20, blank=True)
    list_size = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="reminder_is_known", condition=Q(kind__in=REMINDERS)),
            models.UniqueConstraint(
                fields=["consultation", "kind", "end"],
                nulls_distinct=False,
                condition=~Q(kind="segment"),
                name="one_reminder_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class News(models.Model):
    """That those of the public whom it concerns are written to, once: the questions were `changed`, it closes in `three_days` or
    in `one_day`, the results are `published`. `queued_at`: since when their letters lie in the outbox."""

    class Kind(models.TextChoices):
        CHANGED = "changed"
        THREE_DAYS = "three_days"
        ONE_DAY = "one_day"
        PUBLISHED = "published"

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="news")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural: ClassVar = "news"
        constraints: ClassVar = [
            models.CheckConstraint(name="news_is_known", condition=Q(kind__in=["changed", "three_days", "one_day", "published"])),
        ]

    def __str__(self) -> str:
        return self.kind


class ParticipationFigure(models.Model):
    """What was published on one day of how many took part: insert-only. `table` is `participation.Table.as_dict()`, already
    suppressed; nothing else of that day's counts is kept."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="participation")
    day = models.DateField()
    table = models.JSONField()
    counted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "day"], name="participation_published_once_a_day")
        ]

    def __str__(self) -> str:
        return str(self.day)
