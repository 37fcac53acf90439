"""What a feed holds: the newest posts, at most thirty, as far as its reader may see them. One statement each."""

from collections.abc import Collection, Sequence
from typing import Final

from django.contrib.auth.models import AnonymousUser

from accounts.standing import Anyone
from forum.models import Category, Post, Tag, Topic, TopicTag
from forum.models.post import PostQuerySet
from forum.readers.polls import with_polls

MOST: Final = 30


def feed_of_category(category: Category, user: Anyone) -> Sequence[Post]:
    """First posts of its newest topics."""
    newest = Topic.objects.visible_to(user).filter(category=category, state=Topic.State.PUBLISHED).newest_first()
    return _drawn(_on_show(user).filter(number=1, topic__in=newest.values("pk")[:MOST]))


def feed_of_tag(tag: Tag, user: Anyone) -> Sequence[Post]:
    """First posts of the newest topics that carry it."""
    tagged = TopicTag.objects.filter(tag=tag).values("topic")
    newest = Topic.objects.visible_to(user).filter(pk__in=tagged, state=Topic.State.PUBLISHED).newest_first()
    return _drawn(_on_show(user).filter(number=1, topic__in=newest.values("pk")[:MOST]))


def feed_of_topic(topic: Topic, user: Anyone) -> Sequence[Post]:
    """Its newest posts."""
    return _drawn(_on_show(user).filter(topic=topic.pk))


def feed_of_posts(ids: Collection[int], user: Anyone) -> Sequence[Post]:
    """Of these, what may be seen now."""
    return _drawn(_on_show(user).filter(pk__in=list(ids)))


def _on_show(user: Anyone) -> PostQuerySet:
    """A feed is kept by programs that nobody tells of a change: what waits for a moderator is not in it, not even one's own."""
    return (
        Post.objects.visible_to(user)
        .filter(state=Post.State.PUBLISHED, topic__state=Topic.State.PUBLISHED)
        .not_from_blocked(user)
    )


def _drawn(posts: PostQuerySet) -> list[Post]:
    loaded = (
        with_polls(posts, AnonymousUser())
        .select_related("topic__category", "author__facts", "persona")
        .defer("body", "search", "topic__search")
    )
    return list(loaded.order_by("-created_at", "-pk")[:MOST])
