from typing import ClassVar

from django.conf import settings
from django.db import models

from forum.models.persona import Persona
from forum.models.post import Post
from forum.models.rules import author_xor_persona


class Revision(models.Model):
    """What a post said before it was changed, and the difference: written once, never rewritten (a trigger refuses).

    `number` is the revision that `body` was; the change made `number + 1` of it. `author` or `persona` made it. A moderator
    can take the text away, where it holds what nobody may read (`removed_…`): then body, diff and note are empty, and the row,
    who changed the post and when, stays. The trigger lets nothing else through.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    persona = models.ForeignKey(Persona, models.PROTECT, null=True, related_name="+")
    body = models.TextField(blank=True)
    source_format = models.CharField(max_length=10, choices=Post.Format)
    diff = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removal_reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "number"], name="one_revision_per_number"),
            models.CheckConstraint(name="revision_has_an_author_or_a_persona", condition=author_xor_persona()),
            models.CheckConstraint(
                name="removed_revision_says_by_whom_and_why",
                condition=models.Q(removed_at=None, removed_by=None, removal_reason="")
                | models.Q(removed_at__isnull=False, removed_by__isnull=False, body="", diff="", note="")
                & ~models.Q(removal_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id}, revision {self.number}"
