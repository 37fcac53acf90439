from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation
from consultation.models.party import Party
from consultation.models.question import Question
from consultation.models.version import Version

_NONE: Final = models.Value([], ArrayField(models.PositiveSmallIntegerField()))


class Transition(models.Model):
    """A step of a consultation's life, for everybody to read: insert-only. `by` is empty where the clock took it. An extension
    goes from open to open; so does a new version of the questionnaire, of which `what` is `version`. `note` is a sentence."""

    VERSION: ClassVar = "version"

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=600, blank=True)
    what = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Result(models.Model):
    """What was counted for one question when results were published: insert-only. `counts` is what the question's type gives,
    `n` of `whole` current responses answered it, `digest` names the questionnaire. `over` are the numbers of the versions whose
    answers went into it; empty: of all that there were."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="results")
    question = models.OneToOneField(Question, models.PROTECT, related_name="result")
    counts = models.JSONField()
    n = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    over = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=_NONE)
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="result_counts_no_more_than_all", condition=Q(n__lte=models.F("whole"))),
        ]


class OtherResult(models.Model):
    """What was counted for one question over the answers of organisations, or of the public, when results were published:
    insert-only, in no sum with members. `over` as with `Result`. Nothing stands here where fewer
    than five of a kind answered."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="other_results")
    question = models.ForeignKey(Question, models.PROTECT, related_name="other_results")
    kind = models.CharField(max_length=12, choices=Party.Kind)
    counts = models.JSONField()
    n = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()
    over = ArrayField(models.PositiveSmallIntegerField(), default=list, db_default=_NONE)
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "kind"], name="one_other_result_for_each_kind"),
            models.CheckConstraint(name="other_result_counts_no_more_than_all", condition=Q(n__lte=models.F("whole"))),
        ]
