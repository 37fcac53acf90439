from typing import ClassVar, Final, Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.query import QuerySet

from consultation.models.consultation import Consultation
from consultation.models.party import Party
from consultation.models.question import Question
from consultation.models.version import Version

COUNTED: Final = Q(is_current=True) & (Q(exclusion=None) | Q(exclusion__agreed_at=None))
"""Of responses: what goes into counts and is shown; current, and not excluded by two."""
COUNTED_ANSWERS: Final = Q(response__is_current=True) & (Q(response__exclusion=None) | Q(response__exclusion__agreed_at=None))
"""The same of answers."""


class ResponseQuerySet(QuerySet["Response"]):
    def of_members(self) -> Self:
        """Of individual members alone: what a consultation counts. Organisations and the public are counted apart."""
        return self.filter(party=None)

    def of_kind(self, kind: str) -> Self:
        """Of one of the others (`Party.Kind`)."""
        return self.filter(party__kind=kind)


class Response(models.Model):
    """What a member sent. An amendment is a new revision; the old one is kept and no longer current. The facts are the member's
    own, banded, as they stood when it was sent; empty means not stated. `consent`: whether others may read it once results are
    published; counts never depend on it. `confirms`: its member was asked whether their answer stands under a new version, and
    it does.

    Whose it is says `user`, or in a confidential consultation `holder_tag` alone (`consultation.confidentiality`): a trigger
    refuses either where the other belongs. What a `party` sent has neither; `sent_by` is the colleague who sent an
    organisation's. With a tag `submitted_at` is the first moment of its day, and `consent` never names."""

    class Consent(models.TextChoices):
        NAMED = "named", "With my name"
        UNNAMED = "unnamed", "Without my name"
        ANALYSIS = "analysis", "For counting and analysis only"

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="responses")
    version = models.ForeignKey(Version, models.PROTECT, related_name="responses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    holder_tag = models.BinaryField(max_length=32, null=True)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="responses")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revision = models.PositiveSmallIntegerField()
    is_current = models.BooleanField()
    reference = models.CharField(max_length=16, unique=True)
    submitted_at = models.DateTimeField()
    job = models.CharField(max_length=30, blank=True)
    nation = models.CharField(max_length=20, blank=True)
    list_size = models.CharField(max_length=10, blank=True)
    years = models.CharField(max_length=10, blank=True)
    confirms = models.BooleanField(default=False, db_default=False)
    consent = models.CharField(max_length=10, choices=Consent.choices, default=Consent.ANALYSIS, db_default=Consent.ANALYSIS)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consultation", "user"], condition=Q(is_current=True), name="one_current_response_per_member"
            ),
            models.UniqueConstraint(fields=["consultation", "user", "revision"], name="one_response_per_revision"),
            models.UniqueConstraint(
                fields=["consultation", "holder_tag"], condition=Q(is_current=True), name="one_current_response_per_holder"
            ),
            models.UniqueConstraint(
                fields=["consultation", "holder_tag", "revision"],
                condition=Q(holder_tag__isnull=False),
                name="one_response_per_held_revision",
            ),
            models.UniqueConstraint(
                fields=["consultation", "party"], condition=Q(is_current=True), name="one_current_response_per_party"
            ),
            models.UniqueConstraint(
                fields=["party", "revision"], condition=Q(party__isnull=False), name="one_response_per_party_and_revision"
            ),
            models.CheckConstraint(
                name="response_is_named_held_or_a_partys",
                condition=Q(user__isnull=False, holder_tag=None, party=None, sent_by=None)
                | Q(user=None, holder_tag__isnull=False, party=None, sent_by=None)
                | Q(user=None, holder_tag=None, party__isnull=False),
            ),
            models.CheckConstraint(
                name="response_held_is_shown_without_a_name", condition=Q(holder_tag=None) | ~Q(consent="named")
            ),
            models.CheckConstraint(name="response_revision_counts_from_one", condition=Q(revision__gte=1)),
            models.CheckConstraint(name="response_consent_is_known", condition=Q(consent__in=["named", "unnamed", "analysis"])),
        ]
        indexes: ClassVar = [models.Index(fields=["consultation"], name="response_current", condition=Q(is_current=True))]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.user_id or 'somebody'}"

    @property
    def keeps_the_hour(self) -> bool:
        """A confidential one keeps the day alone, an organisation's apart."""
        if self.party is None:
            return self.holder_tag is None
        return self.party.is_organisation or self.consultation.identity_mode == Consultation.Identity.NAMED

    @property
    def spelt_reference(self) -> str:
        """In groups of four, as one reads it out."""
        return " ".join(self.reference[start : start + 4] for start in range(0, len(self.reference), 4))


class Answer(models.Model):
    """One answer in its canonical form. What was left alone has no row; a trigger refuses to rewrite one. `kept_back`: its writer
    lets others read the rest and not this. `handle` is the name by which organisers come to it, and their order: drawn, so that
    neither says which answers are of one response, nor which came first."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.JSONField()
    kept_back = models.BooleanField(default=False, db_default=False)
    handle = models.UUIDField(db_default=RandomUUID(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "question"], name="one_answer_per_question"),
            models.UniqueConstraint(fields=["handle"], name="one_answer_per_handle"),
        ]

    @property
    def is_for_others(self) -> bool:
        """Its writer lets others read it. Wants `response`."""
        return not self.kept_back and self.response.consent != Response.Consent.ANALYSIS
