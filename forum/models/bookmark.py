from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet

from forum.models.post import Post

NOTE_MAX = 300


class BookmarkQuerySet(QuerySet["Bookmark"]):
    def of(self, user_id: int | None) -> Self:
        return self.filter(user=user_id)

    def waiting(self) -> Self:
        """Whose day has been named and of which nobody has been reminded."""
        return self.filter(remind_on__isnull=False, reminded_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Bookmark(models.Model):
    """A post that somebody wants to come back to, with a note of their own. On `remind_on`, a day in London, they are told once;
    `reminded_at` says when that was done."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    remind_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "post"], name="one_bookmark_per_person_and_post"),
            models.CheckConstraint(
                name="nobody_is_reminded_without_a_day", condition=models.Q(reminded_at=None) | ~models.Q(remind_on=None)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="bookmark_newest_first"),
            models.Index(
                fields=["remind_on", "id"],
                name="bookmark_waiting",
                condition=models.Q(remind_on__isnull=False, reminded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"bookmark of post {self.post_id} for user {self.user_id}"
