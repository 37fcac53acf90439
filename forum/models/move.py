from typing import ClassVar

from django.db import models

from forum.models.category import Category
from forum.models.post import Post
from forum.models.topic import Topic


class PostMove(models.Model):
    """Under this number of this topic stood a post that was moved: its old address leads to where it is."""

    pk = models.CompositePrimaryKey("topic_id", "number")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"topic {self.topic_id} #{self.number} is post {self.post_id}"


class TopicNote(models.Model):
    """What moderators did with a topic, for its readers. Where it came from or went to is named only to who may see that.

    `other` is the other topic of a split or a merge, `category` where a moved topic stood before, `number` the first of the
    posts that came or went, of another note the last post there was then; `posts` how many came or went. `former_title`: what a
    moderator corrected, for moderators alone. Who did it stands in the audit.
    """

    class Kind(models.TextChoices):
        MOVED = "moved"
        SPLIT_OFF = "split_off"
        SPLIT_FROM = "split_from"
        MERGED = "merged"
        LOCKED = "locked"
        UNLOCKED = "unlocked"
        ARCHIVED = "archived"
        UNARCHIVED = "unarchived"
        RETITLED = "retitled"

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="notes", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200, blank=True)
    other = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)
    number = models.PositiveIntegerField(null=True)
    posts = models.PositiveIntegerField(null=True)
    former_title = models.CharField(max_length=255, blank=True, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="topic_note_kind_is_known",
                condition=models.Q(kind__in=["moved", "split_off", "split_from", "merged", "locked", "unlocked"])
                | models.Q(kind__in=["archived", "unarchived", "retitled"]),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["topic", "-at", "-id"], name="topic_notes_newest")]

    def __str__(self) -> str:
        return f"topic {self.topic_id}: {self.kind}"
