from typing import ClassVar

from django.conf import settings
from django.db import models

from forum.models.persona import Persona
from forum.models.post import Post
from forum.models.rules import author_xor_persona


class Revision(models.Model):
    """What a post said before it was changed, and the difference: written once, never rewritten (a trigger refuses).

    `number` is the revision that `body` was; the change made `number + 1` of it. `author` or `persona` made the change.
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

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "number"], name="one_revision_per_number"),
            models.CheckConstraint(name="revision_has_an_author_or_a_persona", condition=author_xor_persona()),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id}, revision {self.number}"
