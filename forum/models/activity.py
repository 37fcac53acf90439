from typing import ClassVar

from django.conf import settings
from django.db import models

from forum.models.category import Category
from forum.models.persona import Persona
from forum.models.topic import Topic


class TopicActivity(models.Model):
    """What every post changes of a topic, apart from it, so that a reply rewrites no index of the topic's own.

    `reply_count`: published posts but the first; `participant_count`: people and personas who wrote one; `category` repeats
    the topic's, for the index by which a category is listed. `last_post_number` is the highest on show; when and by whom was last
    written there is told of the newest, which stands before what was moved there.
    """

    topic = models.OneToOneField(Topic, models.CASCADE, primary_key=True, related_name="activity")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", db_index=False)
    reply_count = models.PositiveIntegerField(default=0)
    participant_count = models.PositiveIntegerField(default=0)
    last_post_number = models.PositiveIntegerField(default=1)
    last_posted_at = models.DateTimeField()
    last_author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    last_persona = models.ForeignKey(Persona, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="last_post_is_by_one",
                condition=models.Q(last_author=None, last_persona__isnull=False)
                | models.Q(last_author__isnull=False, last_persona=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "-last_posted_at", "-topic"], name="activity_in_category"),
            models.Index(fields=["-last_posted_at", "-topic"], name="activity_latest"),
            models.Index(
                fields=["category", "-last_posted_at", "-topic"], name="activity_unanswered", condition=models.Q(reply_count=0)
            ),
        ]

    def __str__(self) -> str:
        return f"topic {self.topic_id}: {self.reply_count} replies"
