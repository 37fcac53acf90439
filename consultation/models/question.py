from typing import ClassVar, Final

from django.db import models
from django.db.models import Deferrable, Q

from consultation.models.version import Version

KINDS = (
    *("single_choice", "agreement_scale", "ranking", "long_text", "several_choices", "approval", "statement", "consent"),
    *("score", "points", "rating", "matrix", "short_text", "number", "date", "file"),
)
_NOTHING: Final = models.Value({}, models.JSONField())


class Page(models.Model):
    """One screen of a questionnaire. Positions count from 1 without gaps. `when`: the JSON of the condition on which it is asked;
    empty: always."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="pages")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=50)
    title = models.CharField(max_length=120)
    intro = models.CharField(max_length=500, blank=True)
    when = models.JSONField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="one_page_per_position", deferrable=Deferrable.DEFERRED),
            models.UniqueConstraint(fields=["version", "key"], name="one_page_per_key"),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One question on a page. `longest` is the limit of a text in characters, `settings` what else its type lets one say (see
    `questions`), `when` the JSON of the condition on which it is asked, `passage` the JSON of the paragraph that it is about
    (`questions.definitions.Passage`; empty: none). With `offers_options` its choices are the consultation's
    options, written out when the version is published."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="questions")
    page = models.ForeignKey(Page, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=50)
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    hint = models.CharField(max_length=300, blank=True)
    required = models.BooleanField(default=False)
    offers_options = models.BooleanField(default=False)
    longest = models.PositiveSmallIntegerField(default=0)
    settings = models.JSONField(default=dict, db_default=_NOTHING)
    when = models.JSONField(null=True, blank=True)
    passage = models.JSONField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page", "position"], name="one_question_per_position", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["version", "key"], name="one_question_per_key"),
            models.CheckConstraint(name="question_kind_is_known", condition=Q(kind__in=KINDS)),
        ]

    def __str__(self) -> str:
        return self.text


class Choice(models.Model):
    """One answer on offer. A question that offers the options has none of its own."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=50)
    label = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "position"], name="one_choice_per_position"),
            models.UniqueConstraint(fields=["question", "key"], name="one_choice_per_key"),
        ]

    def __str__(self) -> str:
        return self.label
