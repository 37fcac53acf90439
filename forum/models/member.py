from typing import ClassVar

from django.conf import settings
from django.db import models

from forum.models.category import Category
from forum.models.topic import Topic


class Level(models.TextChoices):
    WATCHING = "watching", "Watching: every reply"
    TRACKING = "tracking", "Tracking: only a count"
    NORMAL = "normal", "Normal: answers to me"
    MUTED = "muted", "Muted: nothing"


class TopicMember(models.Model):
    """Where somebody stands in a topic: how far they read, and when, how closely they follow, what they marked."""

    pk = models.CompositePrimaryKey("user_id", "topic_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="members", db_index=False)
    last_read = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)
    bookmark = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="follow_level_is_known", condition=models.Q(level__in=["watching", "tracking", "normal", "muted"])
            ),
            models.CheckConstraint(
                name="whoever_read_did_so_at_a_time", condition=models.Q(last_read=0) | ~models.Q(read_at=None)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["topic", "user"], name="topic_watchers", condition=models.Q(level="watching")),
            models.Index(fields=["topic", "user"], name="topic_mutes", condition=models.Q(level="muted")),
        ]

    def __str__(self) -> str:
        return f"topic {self.topic_id} for user {self.user_id}"


class CategoryMember(models.Model):
    """Up to when somebody has seen a category: what was posted before counts as read."""

    pk = models.CompositePrimaryKey("user_id", "category_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.CASCADE, related_name="+", db_index=False)
    watermark = models.DateTimeField()

    def __str__(self) -> str:
        return f"category {self.category_id} for user {self.user_id}"
