from typing import ClassVar

from django.db import models
from django.db.models.query import QuerySet

from forum.models.topic import Topic


class TagQuerySet(QuerySet["Tag"]):
    def by_name(self) -> "TagQuerySet":
        return self.order_by("slug")


class Tag(models.Model):
    """A word that gathers topics across categories. Its page shows only what its reader may see; a tag of hidden topics alone
    is known to nobody."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40)

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="tag_has_a_name", condition=~models.Q(name="") & ~models.Q(slug=""))]

    def __str__(self) -> str:
        return self.name


class FormerTag(models.Model):
    """What a tag was called before, or a tag that became one with it: its old address leads on. Where a tag of this name begins
    anew, that one has the address."""

    slug = models.SlugField(max_length=40, primary_key=True)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="former")

    def __str__(self) -> str:
        return f"{self.slug} is {self.tag_id}"


class TopicTag(models.Model):
    """This topic carries this tag."""

    pk = models.CompositePrimaryKey("topic_id", "tag_id")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="tagged", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="tagged", db_index=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tag", "topic"], name="topics_of_a_tag")]

    def __str__(self) -> str:
        return f"topic {self.topic_id} tagged {self.tag_id}"
