from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from forum.models.post import Post
from forum.polling import OPTION_MAX, QUESTION_MAX


class Poll(models.Model):
    """A question with options in a post. Nothing of it changes after it was asked; it closes by the clock.

    `counts` has a number for each option (of a ranked poll: who put it first) and `voter_count` how many voted: both exact at
    every moment, so that a page reads one row however many voted. `version` goes up with every vote, changed or taken back.
    `told_at`: when those it concerns were told that it closed. Who asks is whoever wrote the post, and stands nowhere here.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", "Each chooses one"
        SEVERAL = "several", "Each ticks as many as they like"
        RANKED = "ranked", "Each puts them in order"

    class Shown(models.TextChoices):
        ALWAYS = "always", "To everybody, all the time"
        VOTED = "voted", "To whoever has voted, and to everybody once it is closed"
        CLOSED = "closed", "To everybody, once it is closed"

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="+")
    question = models.CharField(max_length=QUESTION_MAX)
    options = ArrayField(models.CharField(max_length=OPTION_MAX))
    kind = models.CharField(max_length=10, choices=Kind)
    shown = models.CharField(max_length=10, choices=Shown)
    is_named = models.BooleanField()
    closes_at = models.DateTimeField()
    counts = ArrayField(models.PositiveIntegerField())
    voter_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0, db_default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="poll_asks_something", condition=~models.Q(question="")),
            models.CheckConstraint(name="poll_kind_is_known", condition=models.Q(kind__in=["single", "several", "ranked"])),
            models.CheckConstraint(
                name="poll_says_who_sees_its_numbers", condition=models.Q(shown__in=["always", "voted", "closed"])
            ),
            models.CheckConstraint(
                name="poll_has_two_to_twelve_options", condition=models.Q(options__len__gte=2, options__len__lte=12)
            ),
            models.CheckConstraint(name="poll_counts_every_option", condition=models.Q(counts__len=models.F("options__len"))),
        ]
        indexes: ClassVar = [
            models.Index(fields=["closes_at"], name="poll_to_tell_of", condition=models.Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return self.question


class PollVote(models.Model):
    """What one member chose: places in the list of options, of a ranked poll best first. A member has one vote a poll."""

    pk = models.CompositePrimaryKey("poll_id", "user_id")
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    choices = ArrayField(models.PositiveSmallIntegerField())
    voted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="vote_says_something", condition=models.Q(choices__len__gte=1)),
        ]

    def __str__(self) -> str:
        return f"vote in poll {self.poll_id}"
