from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet

from digest.streams import WEEKLY


class SubscriberListQuerySet(QuerySet["SubscriberList"]):
    def latest_first(self) -> Self:
        return self.order_by("-checked_at", "-pk")


class SubscriberList(models.Model):
    """A list of subscribers that an officer brings in: looked at first, then brought in, and taken back as long as no edition
    went to anybody of it. `counts`: how many lines of each outcome, and at the end how many subscribed."""

    class State(models.TextChoices):
        CHECKED = "checked", "Looked at"
        BROUGHT = "brought", "Brought in"
        UNDONE = "undone", "Taken back"
        DROPPED = "dropped", "Dropped"

    file_name = models.CharField(max_length=120)
    stream = models.CharField(max_length=20, default=WEEKLY)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    counts = models.JSONField(default=dict)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    brought_at = models.DateTimeField(null=True)

    objects = SubscriberListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="subscriber_list_state_is_known",
                condition=models.Q(state__in=["checked", "brought", "undone", "dropped"]),
            ),
            models.CheckConstraint(
                name="subscriber_list_brought_says_when",
                condition=~models.Q(state__in=["brought", "undone"]) | models.Q(brought_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ListLine(models.Model):
    """A line of such a list and what comes of it; deleted as soon as the list is brought in or dropped."""

    class Outcome(models.TextChoices):
        NEW = "new", "Would subscribe"
        ROLE = "role", "Desks, not people"
        KNOWN = "known", "Subscribe already"
        SUPPRESSED = "suppressed", "Must not be written to"
        TWICE = "twice", "Twice in the list"
        FAULT = "fault", "Cannot be read"

    list = models.ForeignKey(SubscriberList, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    email = models.CharField(max_length=254)
    basis = models.CharField(max_length=30, blank=True)
    given_on = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)
    told = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "line"], name="one_list_line_per_line")]
        indexes: ClassVar = [models.Index(fields=["list", "outcome", "line"], name="list_line_by_outcome")]

    def __str__(self) -> str:
        return f"line {self.line}"
