import json
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func
from django.db.models.query import QuerySet
from django.urls import reverse

from digest.streams import WEEKLY, headline_of


class EditionQuerySet(QuerySet[Any]):
    def cut(self) -> Self:
        """Out: composed, numbered, readable on the web."""
        return self.filter(state="cut")

    def draft(self) -> Self:
        return self.filter(state="draft")

    def newest_first(self) -> Self:
        return self.order_by("-number")


class Edition(models.Model):
    """One numbered issue. `cut_off` is the Monday 06:00 in London that begins the week in which it is read; `window` is what it
    tells of and begins where the last one's ended: the database refuses an overlap, so nothing is told twice or skipped.

    `picks` are `[kind, object id]` in the editor's order, `dropped` what the editor took out, `arranged` the order of what was
    moved. `headline` is the one idea on top, and the subject of the mail. `approved_at`: an editor has read it as it stands;
    another change takes that back. `hold_told_at`: the editors were told that it waits for that.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        CUT = "cut"

    stream = models.CharField(max_length=20, default=WEEKLY)
    number = models.PositiveIntegerField()
    window = DateTimeRangeField()
    cut_off = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    cut_at = models.DateTimeField(null=True)
    cut_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    headline = models.CharField(max_length=120, blank=True)
    editors_note = models.TextField(blank=True)
    editors_note_html = models.TextField(blank=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    picks = models.JSONField(default=list, blank=True)
    dropped = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    arranged = models.JSONField(default=list, blank=True, db_default=models.Value([], models.JSONField()))
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    hold_told_at = models.DateTimeField(null=True)
    audit_position = models.BigIntegerField(null=True)
    audit_head = models.CharField(max_length=64, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "number"], name="one_edition_per_number"),
            models.UniqueConstraint(fields=["stream", "cut_off"], name="one_edition_per_week"),
            models.UniqueConstraint(fields=["stream"], condition=models.Q(state="draft"), name="one_draft_per_stream"),
            ExclusionConstraint(
                name="editions_tell_nothing_twice",
                expressions=[("stream", RangeOperators.EQUAL), ("window", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="edition_window_is_not_empty", condition=models.Q(window__isempty=False, window__upper_inf=False)
            ),
            models.CheckConstraint(
                name="edition_ends_by_its_cut",
                condition=models.Q(state="draft") | models.Q(cut_at__gte=Func(F("window"), function="upper")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.number}"

    def get_absolute_url(self) -> str:
        return _path(self.stream, self.number)

    @property
    def heading(self) -> str:
        """The editor's headline, or the words of its stream."""
        return self.headline or headline_of(self.stream)

    @property
    def mark(self) -> str:
        """Of all that editors decide of it: whether it is as somebody saw it."""
        told = [self.pk, self.headline, self.editors_note, self.picks, self.dropped, self.arranged]
        return sha256(json.dumps(told).encode()).hexdigest()[:16]

    @property
    def audit_name(self) -> str:
        """What the audit calls it: the number of a weekly, stream and number of any other."""
        return str(self.number) if self.stream == WEEKLY else f"{self.stream} {self.number}"

    @property
    def audit_groups(self) -> str:
        """The head of the audit in groups of sixteen, so that it folds on a phone."""
        return " ".join(self.audit_head[place : place + 16] for place in range(0, len(self.audit_head), 16))

    @property
    def starts(self) -> datetime:
        return self.window.lower  # type: ignore[no-any-return]

    @property
    def ends(self) -> datetime:
        return self.window.upper  # type: ignore[no-any-return]


@lru_cache(64)
def _path(stream: str, number: int) -> str:
    """Asked for twice by each letter of a run."""
    if stream == WEEKLY:
        return reverse("digest:edition", args=[number])
    return reverse("digest:stream_edition", args=[stream, number])
