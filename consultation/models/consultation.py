from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.models import Group
from accounts.standing import Anyone, standing_of
from forum.models import Category, Topic


class State(StrEnum):
    """Where a consultation stands. What the clock decides follows from dates, what work decides was written by an action."""

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    ANALYSING = "analysing"
    REPORTING = "reporting"
    PUBLISHED = "published"
    FOLLOWED_UP = "followed-up"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"

    @property
    def is_before_opening(self) -> bool:
        return self in {State.DRAFT, State.REVIEW, State.SCHEDULED}

    @property
    def is_being_counted(self) -> bool:
        """Closed, and its results are not yet published."""
        return self in {State.CLOSED, State.ANALYSING, State.REPORTING}

    @property
    def is_published(self) -> bool:
        """Results are there for everybody, whatever came after."""
        return self in {State.PUBLISHED, State.FOLLOWED_UP, State.ARCHIVED}


_AFTER_THE_CLOSE: Final = (
    ("archived_at", State.ARCHIVED),
    ("followed_up_at", State.FOLLOWED_UP),
    ("published_at", State.PUBLISHED),
    ("reporting_at", State.REPORTING),
    ("analysing_at", State.ANALYSING),
)
"""What was written last says where it stands."""
_NOTHING: Final = models.Value([], ArrayField(models.CharField(max_length=40)))


class ConsultationQuerySet(QuerySet["Consultation"]):
    def visible_to(self, user: Anyone) -> Self:
        """What was ever opened is public for good, and what is scheduled is announced, also when it is withdrawn; drafts
        are for organisers.
        `permissions.can_see` is its other face."""
        if standing_of(user).is_organiser:
            return self
        return self.filter(Q(opened_at__isnull=False) | Q(scheduled_at__isnull=False))

    def accepting_at(self, moment: datetime) -> Self:
        """Open to answers then."""
        return self.filter(opened_at__lte=moment, closes_at__gt=moment, withdrawn_at=None, closed_at=None, paused_at=None)

    def drafts(self) -> Self:
        """Being written or reviewed."""
        return self.filter(opened_at=None, withdrawn_at=None, scheduled_at=None)

    def announced(self) -> Self:
        """Scheduled: everybody knows when it opens."""
        return self.filter(opened_at=None, withdrawn_at=None, scheduled_at__isnull=False)

    def paused(self) -> Self:
        return self.filter(paused_at__isnull=False, withdrawn_at=None)

    def due_to_open(self, moment: datetime) -> Self:
        """Their hour has come and the opening is not done."""
        return self.announced().filter(opens_at__lte=moment)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def due_to_close(self, moment: datetime) -> Self:
        """The clock has closed them and the closing work is not done. What is paused waits: going on gives back the days."""
        return self.filter(closes_at__lte=moment, closed_at=None, withdrawn_at=None, paused_at=None)

    def closing_soonest_first(self) -> Self:
        return self.order_by("closes_at", "pk")

    def latest_first(self) -> Self:
        return self.order_by(F("opened_at").desc(nulls_first=True), "-pk")

    def latest_published_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class Consultation(models.Model):
    """A question that the institute puts to its members, from the first draft to what was decided.

    Answers are accepted iff it was opened, is not paused, was not withdrawn and the moment is before `closes_at`; a trigger
    holds that `closes_at` never moves to earlier, that `identity_mode` and who may answer never change once opened, and that no
    step is taken back. `closed_at` is when the closing work was done, not when the door closed.

    `approved_digest` is `readers.reviewing.text_digest` of the very text that a second person approved. `opens_at`, `last_day`
    and `category` are the plan of a scheduled one. Who may answer: members of all of `for_grades`, `for_nations`,
    `for_list_sizes`, `for_group` that are set, or with `only_invited` those on the list (`Invited`); `eligible_at_opening` of
    them were frozen in `Eligible`. With `for_organisations` members may answer for an organisation too (`Party`), with
    `for_public` anybody with a confirmed address. The HTML fields are `common.markdown.render` of their sources.
    """

    class Identity(models.TextChoices):
        NAMED = "named", "Named"
        CONFIDENTIAL = "confidential", "Confidential"
        DETACHED = "detached", "Detached"

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True)
    lede = models.CharField("in one or two sentences", max_length=500, blank=True)
    background = models.TextField("why you are asking", blank=True)
    background_html = models.TextField(blank=True, editable=False)
    effects = models.TextField("effects by nation and size of practice", blank=True)
    effects_html = models.TextField(blank=True, editable=False)
    asked_by = models.CharField(max_length=120, blank=True)
    single_option_reason = models.CharField("why fewer than two options are open", max_length=500, blank=True)
    no_documents_reason = models.CharField("why nothing is linked", max_length=500, blank=True, default="", db_default="")
    none_discarded_reason = models.CharField("why nothing was ruled out", max_length=500, blank=True, default="", db_default="")
    identity_mode = models.CharField(max_length=20, choices=Identity, default=Identity.NAMED)
    days = models.PositiveSmallIntegerField("days open", default=42)
    contact = models.CharField("whom to ask", max_length=200, blank=True, default="", db_default="")

    for_grades = ArrayField(models.CharField(max_length=40), default=list, db_default=_NOTHING, blank=True)
    for_nations = ArrayField(models.CharField(max_length=20), default=list, db_default=_NOTHING, blank=True)
    for_list_sizes = ArrayField(models.CharField(max_length=10), default=list, db_default=_NOTHING, blank=True)
    for_group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    only_invited = models.BooleanField(default=False, db_default=False)
    for_organisations = models.BooleanField(default=False, db_default=False)
    for_public = models.BooleanField(default=False, db_default=False)
    eligible_at_opening = models.PositiveIntegerField(null=True)

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    review_asked_at = models.DateTimeField(null=True)
    review_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    scheduled_at = models.DateTimeField(null=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opens_at = models.DateTimeField(null=True)
    last_day = models.DateField(null=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closes_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    paused_note = models.CharField(max_length=500, blank=True, default="", db_default="")
    closed_at = models.DateTimeField(null=True)
    analysing_at = models.DateTimeField(null=True)
    analysing_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reporting_at = models.DateTimeField(null=True)
    reporting_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.TextField("what was decided, and why", blank=True)
    outcome_html = models.TextField(blank=True, editable=False)
    followed_up_at = models.DateTimeField(null=True)
    followed_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    follow_up = models.TextField("what was done since", blank=True, default="", db_default="")
    follow_up_html = models.TextField(blank=True, editable=False, default="", db_default="")
    archived_at = models.DateTimeField(null=True)
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
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
                name="consultation_detached_asks_members_alone",
                condition=~Q(identity_mode="detached") | Q(for_organisations=False, for_public=False),
            ),
            models.CheckConstraint(
                name="consultation_identity_is_known", condition=Q(identity_mode__in=["named", "confidential", "detached"])
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
                name="consultation_reviewed_by_a_second_person",
                condition=Q(approved_at=None, approved_by=None, approved_digest="")
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False, review_asked_at__isnull=False)
                    & ~Q(approved_digest="")
                    & ~Q(approved_by=F("created_by"))
                    & ~Q(approved_by=F("review_asked_by"))
                ),
            ),
            models.CheckConstraint(
                name="consultation_scheduled_says_when_and_where",
                condition=Q(scheduled_at=None, scheduled_by=None, opens_at=None, last_day=None, category=None)
                | Q(
                    approved_at__isnull=False,
                    scheduled_at__isnull=False,
                    scheduled_by__isnull=False,
                    opens_at__isnull=False,
                    last_day__isnull=False,
                    category__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="consultation_paused_while_open_and_with_a_note",
                condition=Q(paused_at=None, paused_by=None, paused_note="")
                | (
                    Q(opened_at__isnull=False, closed_at=None, paused_at__isnull=False, paused_by__isnull=False)
                    & ~Q(paused_note="")
                ),
            ),
            models.CheckConstraint(
                name="consultation_analysed_after_its_closing_work",
                condition=Q(analysing_at=None, analysing_by=None)
                | Q(analysing_at__gte=F("closed_at"), closed_at__isnull=False, analysing_by__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_reported_after_it_was_analysed",
                condition=Q(reporting_at=None, reporting_by=None)
                | Q(reporting_at__gte=F("analysing_at"), analysing_at__isnull=False, reporting_by__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_followed_up_after_its_results",
                condition=Q(followed_up_at=None, followed_up_by=None, follow_up="")
                | (
                    Q(followed_up_at__gte=F("published_at"), published_at__isnull=False, followed_up_by__isnull=False)
                    & ~Q(follow_up="")
                ),
            ),
            models.CheckConstraint(
                name="consultation_archived_after_it_was_followed_up",
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__gte=F("followed_up_at"), followed_up_at__isnull=False, archived_by__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_opened_counts_its_eligible",
                condition=Q(opened_at__isnull=False) | Q(eligible_at_opening=None),
            ),
            models.CheckConstraint(
                name="consultation_published_is_never_withdrawn", condition=Q(published_at=None) | Q(withdrawn_at=None)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["closes_at", "id"], name="consultation_by_close"),
            models.Index(fields=["-published_at", "-id"], name="consultation_by_publication"),
            models.Index(
                fields=["opens_at", "id"],
                name="consultation_due_to_open",
                condition=Q(scheduled_at__isnull=False, opened_at=None, withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultation:detail", args=[self.slug])

    def state_at(self, moment: datetime) -> State:
        """Where it stands then, as far as is known now."""
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        for name, state in _AFTER_THE_CLOSE:
            if getattr(self, name) is not None:
                return state
        if self.opened_at is None or self.closes_at is None:
            if self.scheduled_at is not None:
                return State.SCHEDULED
            return State.DRAFT if self.review_asked_at is None else State.REVIEW
        if self.paused_at is not None:
            return State.PAUSED
        return State.OPEN if moment < self.closes_at and self.closed_at is None else State.CLOSED

    def accepts_at(self, moment: datetime) -> bool:
        """Opened, not paused, not withdrawn, before the close. Not once the closing work is done either: whatever was built on
        the answers then stays true for a request whose clock was read a moment before."""
        return self.state_at(moment) is State.OPEN

    def keeps_drafts_at(self, moment: datetime) -> bool:
        """What is begun is kept while answers are taken, and while they are paused: nobody loses what they had open."""
        return self.state_at(moment) in {State.OPEN, State.PAUSED}
