from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.query import QuerySet


class RegisterMapping(models.Model):
    """How files with one header are read, as somebody once said. `columns`: field → heading's place; `values`: field → what a
    written value means."""

    header_key = models.CharField(max_length=64, unique=True)
    columns = models.JSONField()
    values = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.header_key[:8]


class RegisterRunQuerySet(QuerySet["RegisterRun"]):
    def waiting(self) -> Self:
        """Those for which a worker has something to do."""
        return self.filter(state__in=[RegisterRun.State.CHECKING, RegisterRun.State.APPLYING])

    def applied(self) -> Self:
        return self.filter(state=RegisterRun.State.APPLIED).order_by("-applied_at", "-pk")

    def latest_first(self) -> Self:
        return self.order_by("-pk")


class RegisterRun(models.Model):
    """One file of the register on its way in. It is mapped, checked (the dry run) and applied, each by an act of its own, or
    dropped. `based_on` is the run that was applied last when this one was checked: if another came between, it is stale.
    `counts` says what it does: joins, changes, lapses, unlisted, same, faults, attached, granted, ended."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be mapped"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, not applied"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        REFUSED = "refused", "Cannot be used"
        DROPPED = "dropped", "Dropped"

    file_name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    header = models.JSONField()
    mapping = models.ForeignKey(RegisterMapping, models.PROTECT, null=True, related_name="runs")
    is_whole = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    problem = models.CharField(max_length=300, blank=True)
    counts = models.JSONField(default=dict)
    lines_read = models.PositiveIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)

    objects = RegisterRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="register_run_state_is_known",
                condition=Q(state__in=["uploaded", "checking", "checked", "applying", "applied", "refused", "dropped"]),
            ),
            models.CheckConstraint(
                name="applied_register_was_approved",
                condition=~Q(state="applied") | Q(applied_at__isnull=False, approved_at__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="checked_register_is_mapped", condition=~Q(state__in=["checked", "applied"]) | Q(mapping__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        return min(99, 100 * self.bytes_read // self.size) if self.size else 0


class RegisterPiece(models.Model):
    """Some bytes of the file, kept until it is applied or dropped: web nodes and workers share no disk."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(RegisterRun, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()


class RegisterRow(models.Model):
    """A line of the file and what comes of it; a lapse has no line. Of the facts NULL means that the file does not tell
    it. `user`: an account without a line. `changes`: field → [before, after]. Filled by COPY, compared by set:
    `accounts.staging`."""

    class Outcome(models.TextChoices):
        JOIN = "join", "Joins"
        CHANGE = "change", "Changes"
        LAPSE = "lapse", "Lapses"
        UNLISTED = "unlisted", "Accounts without a line"
        SAME = "same", "Unchanged"
        FAULT = "fault", "Faults"

    run = models.ForeignKey(RegisterRun, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=40)
    email = models.CharField(max_length=254, null=True)  # noqa: DJ001 - NULL: not told
    name = models.CharField(max_length=60, null=True)  # noqa: DJ001
    grade = models.CharField(max_length=40, null=True)  # noqa: DJ001
    nation = models.CharField(max_length=20, null=True)  # noqa: DJ001
    region = models.CharField(max_length=60, null=True)  # noqa: DJ001
    practice = models.CharField(max_length=10, null=True)  # noqa: DJ001
    list_size = models.CharField(max_length=10, null=True)  # noqa: DJ001
    job = models.CharField(max_length=30, null=True)  # noqa: DJ001
    years = models.CharField(max_length=10, null=True)  # noqa: DJ001
    ends_at = models.DateTimeField(null=True)
    tells_end = models.BooleanField(default=False)
    lapsed = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False)
    faults = models.JSONField(default=list)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run", "outcome", "id"], name="register_row_by_outcome"),
            models.Index(fields=["run", "number"], name="register_row_by_number"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}"
