from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.standing import Anyone, standing_of


class Text(models.Model):
    """A document that members are asked about, paragraph by paragraph. All that it says stands in its versions."""

    slug = models.SlugField(max_length=80, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.slug


class TextVersionQuerySet(QuerySet["TextVersion"]):
    def visible_to(self, user: Anyone) -> Self:
        """What is published is public for good; what is being written is for organisers. `permissions.can_read_text` is its
        other face."""
        return self if standing_of(user).is_organiser else self.published()

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def latest_first(self) -> Self:
        return self.order_by("text", "-number")


class TextVersion(models.Model):
    """One wording of a text, in Markdown. While `published_at` is empty it is being written; afterwards a trigger refuses any
    change. `parts` are its numbered paragraphs (`paragraphs.paragraphs_of`) with their HTML, `digest` the SHA-256 in hexadecimal
    of title and paragraphs."""

    text = models.ForeignKey(Text, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    source = models.TextField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    parts = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text", "number"], name="one_text_version_per_number"),
            models.UniqueConstraint(fields=["text"], condition=Q(published_at=None), name="one_unpublished_version_per_text"),
            models.CheckConstraint(name="text_version_has_a_title_and_words", condition=~Q(title="") & ~Q(source="")),
            models.CheckConstraint(
                name="text_version_published_is_cut_and_hashed",
                condition=Q(published_at=None, published_by=None, parts__isnull=True, digest="")
                | (Q(published_at__isnull=False, published_by__isnull=False, parts__isnull=False) & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("consultation:text", args=[self.text.slug, self.number])
