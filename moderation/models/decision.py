from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Sanction
from moderation.models.case import Case


class Act(models.TextChoices):
    """What a decision does."""

    NOTHING = "nothing", "No action: it may stay"
    HIDE = "hide", "Hide it, with the reason in its place"
    HIDE_TOPIC = "hide_topic", "Hide the whole topic"
    LOCK = "lock", "Lock the topic: nothing can be added"
    PUBLISH = "publish", "Publish it"
    REFUSE = "refuse", "Refuse it, with the reason in its place"
    WARN = "warn", "Warn the member"
    SUSPEND = "suspend", "Suspend the member"


REVERSIBLE = frozenset({Act.HIDE, Act.HIDE_TOPIC, Act.LOCK, Act.REFUSE, Act.WARN, Act.SUSPEND})
"""What can be taken back. A publication is not taken back but decided anew."""


class Decision(models.Model):
    """How a case ended: by whom, why, with which acts; and, where it was reversed, by whom and why. `reason` is told to the
    person concerned and stands where a hidden post stood; `note` is for moderators. `about` repeats the case's, for the
    constraint."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="decision")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="decisions_about")
    acts = ArrayField(models.CharField(max_length=12, choices=Act))
    reason = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    sanction = models.OneToOneField(Sanction, models.PROTECT, null=True, related_name="decision")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reverse_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="nobody_decides_their_own_case", condition=Q(about=None) | ~Q(by=F("about"))),
            models.CheckConstraint(
                name="nobody_reverses_their_own_case",
                condition=Q(about=None) | Q(reversed_by=None) | ~Q(reversed_by=F("about")),
            ),
            models.CheckConstraint(
                name="decision_acts_are_known", condition=Q(acts__contained_by=Act.values) & Q(acts__len__gte=1)
            ),
            models.CheckConstraint(
                name="decision_says_why",
                condition=~Q(reason="") | Q(acts=[Act.NOTHING]) | Q(acts=[Act.PUBLISH]),
            ),
            models.CheckConstraint(
                name="reversal_says_by_whom_and_why",
                condition=Q(reversed_at=None, reversed_by=None, reverse_reason="")
                | (Q(reversed_at__isnull=False, reversed_by__isnull=False) & ~Q(reverse_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"decision on case {self.case_id}"

    @property
    def told_to_author(self) -> bool:
        """A case that came to nothing is not told to the person it was about."""
        return self.about_id is not None and self.acts != [Act.NOTHING]

    @property
    def can_be_reversed(self) -> bool:
        return self.reversed_at is None and bool(REVERSIBLE.intersection(self.acts))

    @property
    def acts_in_words(self) -> list[str]:
        return [_DONE[Act(act)] for act in self.acts]


_DONE = {
    Act.NOTHING: "No action",
    Act.HIDE: "Post hidden",
    Act.HIDE_TOPIC: "Topic hidden",
    Act.LOCK: "Topic locked",
    Act.PUBLISH: "Published",
    Act.REFUSE: "Not published",
    Act.WARN: "Warning",
    Act.SUSPEND: "Suspension",
}
