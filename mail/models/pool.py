from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet


class PoolQuerySet(QuerySet["Pool"]):
    def paused(self, at: datetime) -> Self:
        return self.filter(paused_until__gt=at).order_by("paused_until", "name")


class Pool(models.Model):
    """What the senders of a pool share, whatever process they are in: `free_at` is the moment from which the next message may
    go (by the database's clock), and nothing goes before `paused_until`. A domain's own pace is `<pool>/<domain>`."""

    name = models.CharField(primary_key=True, max_length=290)
    free_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = PoolQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="pool_has_a_name", condition=~models.Q(name=""))]

    def __str__(self) -> str:
        return self.name
