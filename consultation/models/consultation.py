from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.standing import Anyone, standing_of
from forum.models import Topic


class State(StrEnum):
    """Where a consultation stands. What the clock decides follows from dates, what work decides was written by an action."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ConsultationQuerySet(QuerySet["Consultation"]):
    def visible_to(self, user: Anyone) -> Self:
        """What was ever opened is public for good; drafts are for organisers. `permissions.can_see` is its other face."""
        return self if standing_of(user).is_organiser else self.filter(opened_at__isnull=False)

    def accepting_at(self, moment: datetime) -> Self:
        """Open to answers then."""
        return self.filter(opened_at__lte=moment, closes_at__gt=moment, withdrawn_at=None, closed_at=None)

    def drafts(self) -> Self:
        return self.filter(opened_at=None, withdrawn_at=None)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def due_to_close(self, moment: datetime) -> Self:
        """The clock has closed them and the closing work is not done."""
        return self.filter(closes_at__lte=moment, closed_at=None, withdrawn_at=None)

    def closing_soonest_first(self) -> Self:
        return self.order_by("closes_at", "pk")

    def latest_first(self) -> Self:
        return self.order_by(F("opened_at").desc(nulls_first=True), "-pk")

    def latest_published_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class Consultation(models.Model):
    """A question that the institute puts to its members, from the first draft to what was decided.

    Answers are accepted iff it was opened, was not withdrawn and the moment is before `closes_at`; a trigger holds that
    `closes_at` never moves to earlier and `identity_mode` never changes once opened. `closed_at` is when the closing work
    was done, not when the door closed. The HTML fields are `common.markdown.render` of their sources.
    """

    class Identity(models.TextChoices):
        NAMED = "named", "Named"
        CONFIDENTIAL = "confidential", "Confidential"

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True)
    lede = models.CharField("in one or two sentences", max_length=500, blank=True)
    background = models.TextField("why you are asking", blank=True)
    background_html = models.TextField(blank=True, editable=False)
    effects = models.TextField("effects by nation and size of practice", blank=True)
    effects_html = models.TextField(blank=True, editable=False)
    asked_by = models.CharField(max_length=120, blank=True)
    single_option_reason = models.CharField("why fewer than two options are open", max_length=500, blank=True)
    identity_mode = models.CharField(max_length=20, choices=Identity, default=Identity.NAMED)
    days = models.PositiveSmallIntegerField("days open", default=42)

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.TextField("what was decided, and why", blank=True)
    outcome_html = models.TextField(blank=True, editable=False)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, related_name="+")
    responses_counted = models.PositiveIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="consultation_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="consultation_identity_is_known", condition=Q(identity_mode__in=["named", "confidential"])
            ),
            models.CheckConstraint(name="consultation_lasts_28_to_365_days", condition=Q(days__range=(28, 365))),
            models.CheckConstraint(
                name="consultation_opened_has_opener_end_and_topic",
                condition=Q(opened_at=None, opened_by=None, closes_at=None, topic=None)
                | Q(opened_at__isnull=False, opened_by__isnull=False, closes_at__isnull=False, topic__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_closes_after_it_opens", condition=Q(closes_at=None) | Q(closes_at__gt=F("opened_at"))
            ),
            models.CheckConstraint(
                name="consultation_closing_work_follows_the_close",
                condition=Q(closed_at=None) | Q(closes_at__isnull=False, closed_at__gte=F("closes_at")),
            ),
            models.CheckConstraint(
                name="consultation_published_after_its_closing_work",
                condition=Q(published_at=None, published_by=None, responses_counted=None)
                | Q(
                    published_at__gte=F("closed_at"),
                    closed_at__isnull=False,
                    published_by__isnull=False,
                    responses_counted__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="consultation_withdrawn_has_a_reason_and_an_author",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
            models.CheckConstraint(
                name="consultation_published_is_never_withdrawn", condition=Q(published_at=None) | Q(withdrawn_at=None)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["closes_at", "id"], name="consultation_by_close"),
            models.Index(fields=["-published_at", "-id"], name="consultation_by_publication"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultation:detail", args=[self.slug])

    def state_at(self, moment: datetime) -> State:
        """Where it stands then, as far as is known now."""
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        if self.published_at is not None:
            return State.PUBLISHED
        if self.opened_at is None or self.closes_at is None:
            return State.DRAFT
        return State.OPEN if moment < self.closes_at and self.closed_at is None else State.CLOSED

    def accepts_at(self, moment: datetime) -> bool:
        """Opened, not withdrawn, before the close. Not once the closing work is done either: whatever was built on the
        answers then stays true for a request whose clock was read a moment before."""
        return self.state_at(moment) is State.OPEN
