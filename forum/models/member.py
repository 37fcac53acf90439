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


class Because(models.TextChoices):
    """Why somebody follows a topic as they do; empty where nothing has happened yet."""

    STARTED = "started", "You started it."
    REPLIED = "replied", "You replied here."
    NAMED = "named", "You were named here."
    CHOSEN = "chosen", "You chose it."


class TopicMember(models.Model):
    """Where somebody stands in a topic: how far they read, and when, how closely they follow, and why."""

    pk = models.CompositePrimaryKey("user_id", "topic_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="members", db_index=False)
    last_read = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)
    because = models.CharField(max_length=10, choices=Because, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="follow_level_is_known", condition=models.Q(level__in=["watching", "tracking", "normal", "muted"])
            ),
            models.CheckConstraint(
                name="reason_to_follow_is_known",
                condition=models.Q(because__in=["", "started", "replied", "named", "chosen"]),
            ),
            models.CheckConstraint(
                name="whoever_read_did_so_at_a_time", condition=models.Q(last_read=0) | ~models.Q(read_at=None)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["topic", "user"], name="topic_watchers", condition=models.Q(level="watching")),
            models.Index(fields=["topic", "user"], name="topic_mutes", condition=models.Q(level="muted")),
            models.Index(fields=["user", "level", "topic"], name="topic_levels", condition=~models.Q(level="normal")),
        ]

    def __str__(self) -> str:
        return f"topic {self.topic_id} for user {self.user_id}"


class CategoryMember(models.Model):
    """Where somebody stands in a category: up to when they have seen it (what was begun before is not new to them; empty: they
    never said so), and how closely they follow it. A level chosen for a topic goes before its category's."""

    pk = models.CompositePrimaryKey("user_id", "category_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.CASCADE, related_name="+", db_index=False)
    watermark = models.DateTimeField(null=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL, db_default=Level.NORMAL)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="category_follow_level_is_known",
                condition=models.Q(level__in=["watching", "tracking", "normal", "muted"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "user"], name="category_watchers", condition=models.Q(level="watching")),
            models.Index(fields=["category", "user"], name="category_mutes", condition=models.Q(level="muted")),
        ]

    def __str__(self) -> str:
        return f"category {self.category_id} for user {self.user_id}"
