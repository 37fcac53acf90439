from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet


class SessionLogQuerySet(QuerySet["SessionLog"]):
    def latest_first(self) -> Self:
        return self.order_by("-pk")


class SessionLog(models.Model):
    """A connection to a mail server and what became of the messages that went over it: written once, when it has ended, and never
    changed (a trigger refuses it). `relay` is host and port, without a secret."""

    pool = models.CharField(max_length=40)
    relay = models.CharField(max_length=260)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField()
    accepted = models.PositiveIntegerField()
    deferred = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    uncertain = models.PositiveIntegerField()

    objects = SessionLogQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index("pool", "id", name="session_log_by_pool")]

    def __str__(self) -> str:
        return f"session {self.pk}"
