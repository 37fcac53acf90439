"""Tags, as far as the topics that carry them may be known."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Count, Exists, OuterRef

from accounts.standing import Anyone, standing_of
from common.paging import Page
from forum.models import Tag, Topic
from forum.models.topic import topic_rule
from forum.readers.topic_list import TopicRow, as_row, listed_topics, page_by_key

MOST: Final = 200


def tag_for(user: Anyone, slug: str) -> Tag | None:
    """The tag, where some topic carries it that this person may know of. One statement."""
    topics = Topic.objects.visible_to(user).filter(tagged__tag=OuterRef("pk"))
    return Tag.objects.filter(Exists(topics), slug=slug).first()


def tagged_topics(tag: Tag, user: Anyone, *, before: str = "", after: str = "") -> Page[TopicRow]:
    """The topics with this tag that this person may know of, last written in first. One statement. Raises BadCursor."""
    rows = listed_topics(user).filter(topic__tagged__tag=tag)
    page = page_by_key(rows, "last_posted_at", before=before, after=after)
    return Page([as_row(row) for row in page.rows], page.older, page.newer)


def tags_with_counts(user: Anyone, *, limit: int = MOST) -> Sequence[Tag]:
    """The tags most used, by name, each with `topics`: how many this person may know of. One statement."""
    rule = topic_rule(standing_of(user), "tagged__topic__")
    most = list(Tag.objects.filter(rule).annotate(topics=Count("tagged")).order_by("-topics", "slug")[:limit])
    return sorted(most, key=lambda tag: tag.slug)
