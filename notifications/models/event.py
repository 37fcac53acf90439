from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet

MOST_ATTEMPTS = 8


class EventQuerySet(QuerySet["Event"]):
    def unexpanded(self) -> Self:
        return self.filter(expanded_at=None)

    def due(self, at: datetime) -> Self:
        """To be expanded now: neither waiting, nor in somebody's hands, nor given up."""
        may_begin = models.Q(expand_after=None) | models.Q(expand_after__lte=at)
        return self.unexpanded().filter(may_begin, attempts__lt=MOST_ATTEMPTS)

    def given_up(self) -> Self:
        """Failed so often that nobody tries any more; `attempts` set back to 0 tries again."""
        return self.unexpanded().filter(attempts__gte=MOST_ATTEMPTS)

    def in_order(self) -> Self:
        return self.order_by("pk")


class Event(models.Model):
    """Something happened that people may have to hear of: one row, written by the action in its own transaction.

    Holds ids only. `actor_id` is whoever did it, with no key to a person, and empty where a persona did. `reached` is the
    user up to whom notices are written; `expand_after` the moment before which nobody else should begin; `attempts` how
    often it was begun since it last got further.
    """

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    expanded_at = models.DateTimeField(null=True)
    expand_after = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reached = models.BigIntegerField(default=0)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["id"], name="event_unexpanded", condition=models.Q(expanded_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
