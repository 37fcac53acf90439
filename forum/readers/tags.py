"""Tags, as far as the topics that carry them may be known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from accounts.standing import Anyone, standing_of
from common.paging import Page
from forum.models import FormerTag, Tag, Topic, TopicActivity, TopicTag
from forum.models.topic import topic_rule
from forum.readers.listed import TopicRow
from forum.readers.topic_list import listed_topics, page_by_key

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many topics of it a reader may know of."""

    slug: str
    name: str
    topics: int


def tag_for(user: Anyone, slug: str) -> Tag | None:
    """The tag, where some topic carries it that this person may know of. One statement."""
    topics = Topic.objects.visible_to(user).filter(tagged__tag=OuterRef("pk"))
    return Tag.objects.filter(Exists(topics), slug=slug).first()


def tag_once_called(user: Anyone, slug: str) -> Tag | None:
    """The tag that was called so before, where `tag_for` would find it. Two statements."""
    former = FormerTag.objects.select_related("tag").filter(slug=slug).first()
    return tag_for(user, former.tag.slug) if former else None


def tagged_topics(tag: Tag, user: Anyone, *, before: str = "", after: str = "") -> Page[TopicRow]:
    """The topics with this tag that this person may know of, last written in first. One statement. Raises BadCursor."""
    return page_by_key(user, "last_posted_at", _tagged, before=before, after=after, tag=tag.pk)


def _tagged(user: Anyone, *, tag: int) -> "QuerySet[TopicActivity]":
    return listed_topics(user).filter(topic__tagged__tag=tag)


def tags_with_counts(user: Anyone, *, limit: int = MOST) -> Sequence[TagCount]:
    """The tags most used, by name, each with how many topics of it this person may know of. One statement."""
    rows = TopicTag.objects.filter(topic_rule(standing_of(user), "topic__"))
    counted = rows.values(slug=F("tag__slug"), name=F("tag__name")).annotate(topics=Count("topic"))
    most = counted.order_by("-topics", "slug").values_list("slug", "name", "topics")[:limit]
    return sorted((TagCount(*row) for row in most), key=lambda tag: tag.slug)
