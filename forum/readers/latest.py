"""What is new, for the home page and for the weekly."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from accounts.standing import Anyone
from forum.models import Post, Topic
from forum.readers.topic_list import TopicRow, as_row, listed_topics, unmuted, unread_rows


def latest_topics(user: Anyone, limit: int, *, at: datetime | None = None) -> list[TopicRow]:
    """The topics last written in that this person may see, in every category, without what they muted. One statement."""
    rows = unmuted(listed_topics(user, at=at), user)
    return [as_row(row) for row in rows.order_by("-last_posted_at", "-topic")[:limit]]


def unread_topics(user: Anyone, limit: int) -> list[TopicRow]:
    """Topics this person follows that hold something unread, latest first. One statement; none for a visitor."""
    if not user.is_authenticated:
        return []
    return [as_row(row) for row in unread_rows(user).order_by("-last_posted_at", "-topic")[:limit]]


def best_of(category_ids: Collection[int], since: datetime, until: datetime, limit: int) -> Sequence[Topic]:
    """The topics of these categories that moved people most in [since, until): with `posts`, `people`, `reactions` of that time,
    and `weight` = people + half a point a reaction. One statement. Says nothing about who may see them beyond the categories
    given."""
    new = Q(posts__created_at__gte=since, posts__created_at__lt=until, posts__state=Post.State.PUBLISHED)
    thanked = F("posts__agree_count") + F("posts__thanks_count") + F("posts__insightful_count") + F("posts__imported_likes")
    found = (
        Topic.objects.filter(new, category__in=list(category_ids), state=Topic.State.PUBLISHED)
        .filter(activity__last_posted_at__gte=since)  # leads into an index: what slept all the while is not looked at
        .annotate(
            posts_then=Count("posts"),
            people_then=Count("posts__author", distinct=True) + Count("posts__persona", distinct=True),
            reactions_then=Sum(thanked),
        )
        .annotate(weight=F("people_then") + F("reactions_then") * 0.5)
        .select_related("category", "author", "persona")
        .defer("search")
    )
    return list(found.order_by("-weight", "-pk")[:limit])
