from typing import ClassVar

from django.db import models

from digest.models.edition import Edition
from digest.stands import RUNS


class Run(models.Model):
    """One sending instant of an edition: everybody whose hour this is.

    `counts` holds `candidates`, frozen when the rows are made, and at the end what became of them; the two add up or the run
    is not done. `held_because`: paused by the machine, and why; `paused_from`: the state to go back to. `canary_ended_at`: when
    the last of those who go first was told of; the others wait a little longer for complaints. `overlooked`: the
    trouble that a person knew of and let it go on. `warned_at`: the editors were told that letters are turned away for what they
    are. `reduced_at`: its rows are gone, `counts["lines"]` says how many were in which state for which reason.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        MATERIALISING = "materialising"
        RENDERING = "rendering"
        CANARY = "canary"
        SENDING = "sending"
        PAUSED = "paused"
        DRAINING = "draining"
        DONE = "done"
        ABORTED = "aborted"

    UNDER_WAY: ClassVar = ("planned", "materialising", "rendering", "canary", "sending", "paused", "draining")

    GOING_OUT: ClassVar = ("canary", "sending", "draining")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="runs")
    slot = models.DateTimeField()
    state = models.CharField(max_length=15, choices=State, default=State.PLANNED)
    rules_version = models.PositiveSmallIntegerField(default=1)
    template_version = models.PositiveSmallIntegerField(default=1)
    counts = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    held_because = models.CharField(max_length=200, blank=True, db_default="")
    paused_from = models.CharField(max_length=15, blank=True, db_default="")
    canary_ended_at = models.DateTimeField(null=True)
    overlooked = models.JSONField(null=True)
    warned_at = models.DateTimeField(null=True)
    reduced_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "slot"], name="one_run_per_edition_and_slot"),
            models.UniqueConstraint(fields=["id", "edition"], name="run_with_its_edition"),
            models.CheckConstraint(
                name="run_done_says_when", condition=~models.Q(state="done") | models.Q(done_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index("slot", name="run_under_way", condition=~models.Q(state__in=["done", "aborted"])),
        ]

    @property
    def stands(self) -> str:
        """Where it stands, as staff read it."""
        return RUNS[self.state]

    def __str__(self) -> str:
        return f"run {self.pk}"
