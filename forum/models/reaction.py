from typing import ClassVar

from django.conf import settings
from django.db import models

from forum.models.post import Post


class Reaction(models.Model):
    """One person says one of four things of one post. Counters on the post repeat how many do."""

    class Kind(models.TextChoices):
        AGREE = "agree", "Agree"
        THANKS = "thanks", "Thanks"
        INSIGHTFUL = "insightful", "Insightful"
        DISAGREE = "disagree", "Disagree"

    pk = models.CompositePrimaryKey("post_id", "user_id", "kind")
    post = models.ForeignKey(Post, models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="reaction_kind_is_known",
                condition=models.Q(kind__in=["agree", "thanks", "insightful", "disagree"]),
            ),
            models.UniqueConstraint(
                fields=["post", "user"],
                condition=models.Q(kind__in=["agree", "disagree"]),
                name="nobody_agrees_and_disagrees",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"], name="reaction_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} with post {self.post_id}"
