from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation
from forum.models import Post, Topic


class QuestionTopic(models.Model):
    """A topic of its own in which one question is debated."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="question_topics")
    question_key = models.SlugField(max_length=50)
    topic = models.OneToOneField(Topic, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "question_key"], name="one_topic_per_question"),
        ]

    def __str__(self) -> str:
        return f"topic {self.topic_id} on {self.question_key}"


class Consent(StrEnum):
    """What the author of a post says to its being evidence."""

    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Evidence(models.Model):
    """A post, as one revision said it, put to a question. Its author offered it, or an organiser asked (`asked_…`) and the author
    said yes; no answer within settings.EVIDENCE_DAYS is a no. No column says who the author is: the post does, and under a
    pseudonym nothing does. It is never counted with the answers."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="evidence")
    question_key = models.SlugField(max_length=50)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "question_key", "post"], name="one_evidence_per_question_and_post"),
            models.CheckConstraint(
                name="evidence_asked_by_somebody",
                condition=Q(asked_at=None, asked_by=None) | Q(asked_at__isnull=False, asked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="evidence_is_asked_or_given", condition=Q(asked_at__isnull=False) | Q(given_at__isnull=False)
            ),
            models.CheckConstraint(name="evidence_is_given_or_declined", condition=Q(given_at=None) | Q(declined_at=None)),
            models.CheckConstraint(
                name="only_given_evidence_is_withdrawn", condition=Q(withdrawn_at=None) | Q(given_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} on {self.question_key}"

    def consent_at(self, moment: datetime) -> Consent:
        if self.withdrawn_at is not None:
            return Consent.WITHDRAWN
        if self.given_at is not None:
            return Consent.GIVEN
        if self.declined_at is not None:
            return Consent.DECLINED
        return Consent.ASKED if moment < self.answer_by else Consent.LAPSED

    @property
    def answer_by(self) -> datetime:
        """Until when its author may say yes to whoever asked."""
        assert self.asked_at is not None
        return self.asked_at + timedelta(days=settings.EVIDENCE_DAYS)


class Considered(models.Model):
    """An organiser read a post of the debate and asks for nothing."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="considered")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["consultation", "post"], name="considered_once")]

    def __str__(self) -> str:
        return f"post {self.post_id}"
