from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.entry import Entry
from consultation.models.party import Party
from consultation.models.question import Question
from consultation.models.version import Version


class Draft(models.Model):
    """What a member has given so far and not yet sent. Gone when it is sent. Whose it is says `user`, or in a confidential
    consultation `holder_tag` alone; what colleagues write together is their `party`'s, what is typed from paper its `entry`'s.
    `version` is the one that is asked now; `begun_under` the one under which it was begun, where that was another: what has
    changed since then is shown until it is sent.

    An answer whose question stands in another version is *set aside*: it no longer fits what is asked, is shown beside it, and is
    not sent."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    holder_tag = models.BinaryField(max_length=32, null=True)
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="drafts")
    entry = models.OneToOneField(Entry, models.CASCADE, null=True, related_name="draft")
    begun_under = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    page = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "user"], name="one_draft_per_member_and_version"),
            models.UniqueConstraint(
                fields=["version", "holder_tag"],
                condition=Q(holder_tag__isnull=False),
                name="one_draft_per_holder_and_version",
            ),
            models.UniqueConstraint(
                fields=["version", "party"], condition=Q(party__isnull=False), name="one_draft_per_party_and_version"
            ),
            models.CheckConstraint(
                name="draft_is_somebodys",
                condition=Q(user__isnull=False, holder_tag=None, party=None, entry=None)
                | Q(user=None, holder_tag__isnull=False, party=None, entry=None)
                | Q(user=None, holder_tag=None, party__isnull=False, entry=None)
                | Q(user=None, holder_tag=None, party=None, entry__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.user_id or 'somebody'}"


class DraftAnswer(models.Model):
    """One answer as typed, which may be too long or contradictory. `writer` is the open page that sent it and `sequence` counts
    within that page: what overtook on the way is not written over what came later. `by` and `at` tell colleagues who answered
    what; a trigger refuses them in a draft that is a member's own, where they would say whose it is."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    value = models.JSONField()
    writer = models.CharField(max_length=32, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "question"], name="one_draft_answer_per_question")]
