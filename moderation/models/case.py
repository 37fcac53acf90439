from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.query import QuerySet

from accounts.standing import Anyone, Standing, standing_of
from forum.models import Category, Post, Topic
from forum.models.category import moderated_rule
from moderation.models.report import Report


class CaseQuerySet(QuerySet["Case"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those that this person may know of. The other face of `moderation.permissions.can_see_case`."""
        return self.filter(_seen(standing_of(user)))

    def worked_on_by(self, user: Anyone) -> Self:
        """Those that this person may decide as far as their place and the case go; `reported_by_me` is asked beside it."""
        return self.filter(_kept(standing_of(user)))

    def with_own_report(self, user: Anyone) -> Self:
        """Each with `reported_by_me`: nobody acts on what they reported."""
        mine = Report.objects.filter(case=OuterRef("pk"), reporter=standing_of(user).user_id)
        return self.annotate(reported_by_me=Exists(mine))

    def open(self) -> Self:
        return self.filter(decided_at=None)

    def decided(self) -> Self:
        return self.filter(decided_at__isnull=False)

    def weightiest_first(self) -> Self:
        return self.order_by("-weight", "opened_at", "pk")

    def latest_decided_first(self) -> Self:
        return self.order_by("-decided_at", "-pk")


def _kept(standing: Standing) -> Q:
    """Whoever may keep the category in order; cases about a person are the site's moderators'. Never the person concerned."""
    rule = Q(topic__isnull=False) & moderated_rule(standing, "topic__category__")
    if standing.is_moderator:
        rule |= Q(topic=None)
    return rule & _not_ones_own(standing)


def _not_ones_own(standing: Standing) -> Q:
    """Neither the person concerned nor, where an imported author was found since, whoever wrote it."""
    about = Q(about=None) | ~Q(about=standing.user_id)
    post = Q(post=None) | Q(post__author=None) | ~Q(post__author=standing.user_id)
    topic = Q(post__isnull=False) | Q(topic=None) | Q(topic__author=None) | ~Q(topic__author=standing.user_id)
    return about & post & topic


def _seen(standing: Standing) -> Q:
    rule = _kept(standing)
    if standing.is_trustee:
        shared = Q(topic=None) | ~Q(topic__category__access=Category.Access.GROUP)
        rule |= shared & _not_ones_own(standing)
    return rule


class Case(models.Model):
    """Something a moderator has to look at: a post (`post` and its `topic`), a topic (`topic`), or a person (neither).

    `about` is whoever is concerned: the author, or the person; empty for a persona, of whom nothing is known here. `weight` is
    the sum of the reports' weights. `claimed_until` is when a claim ends by itself. Decided once; a decision can be reversed.
    """

    class Origin(models.TextChoices):
        REPORTED = "reported", "Reported"
        HELD = "held", "Waiting to be published"
        FOUND = "found", "Found by a moderator"

    origin = models.CharField(max_length=10, choices=Origin)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="cases", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="cases")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases")
    held_because = models.CharField(max_length=200, blank=True)
    weight = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="claimed_cases")
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(decided_at=None, post__isnull=False), name="one_open_case_per_post"
            ),
            models.UniqueConstraint(
                fields=["topic"], condition=Q(decided_at=None, post=None, topic__isnull=False), name="one_open_case_per_topic"
            ),
            models.UniqueConstraint(fields=["about"], condition=Q(decided_at=None, topic=None), name="one_open_case_per_person"),
            models.CheckConstraint(
                name="case_is_about_one_thing", condition=Q(topic__isnull=False) | Q(post=None, about__isnull=False)
            ),
            models.CheckConstraint(name="case_origin_is_known", condition=Q(origin__in=["reported", "held", "found"])),
            models.CheckConstraint(
                name="case_claim_is_whole",
                condition=Q(claimed_by=None, claimed_at=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False, claimed_until__gt=F("claimed_at")),
            ),
            models.CheckConstraint(
                name="nobody_claims_their_own_case",
                condition=Q(claimed_by=None) | Q(about=None) | ~Q(claimed_by=F("about")),
            ),
            models.CheckConstraint(
                name="nobody_finds_their_own_case", condition=Q(opened_by=None) | Q(about=None) | ~Q(opened_by=F("about"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-weight", "opened_at", "id"], name="case_waiting", condition=Q(decided_at=None)),
            models.Index(fields=["-decided_at", "-id"], name="case_decided", condition=Q(decided_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def noun(self) -> str:
        """What it is about: post, topic or person."""
        return "post" if self.post_id else "topic" if self.topic_id else "person"

    @property
    def writer_id(self) -> int | None:
        """Who wrote it, as it stands now: another than `about` where an imported author turned out to be a member since."""
        thing = self.post if self.post_id else self.topic
        return thing.author_id if thing is not None else None

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def is_held(self) -> bool:
        """It waits to be published, and has not been decided."""
        return self.origin == self.Origin.HELD

    def claimed_by_another(self, user_id: int | None, at: datetime) -> bool:
        """Somebody else works on it at this moment."""
        return self.claimed_by_id not in (None, user_id) and self.claimed_until is not None and self.claimed_until > at
