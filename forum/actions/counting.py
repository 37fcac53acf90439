"""The counters of topics and posts, exact at every step. Callers hold the topic's row.

Counted is what everybody who may read the topic may read: a post that is kept from a practice moves no counter and no order
(docs/adr/0013-personas.md)."""

from typing import Final

from django.db import connection
from django.db.models import Case, F, IntegerField, Subquery, When

from forum.models import Post, TopicActivity

_AGAIN: Final = """
UPDATE forum_topicactivity activity SET reply_count = told.replies, participant_count = told.people
FROM (
    SELECT count(*) FILTER (WHERE number > 1) AS replies, count(DISTINCT (author_id, persona_id)) AS people
    FROM forum_post WHERE topic_id = %(topic)s AND state = 'published' AND (kept_from IS NULL OR number = 1)
) told WHERE activity.topic_id = %(topic)s
"""


def count_topic_again(topic_id: int) -> None:
    """What stands in the topic, counted from its rows. Without a post on show the last one told of stays."""
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, {"topic": topic_id})
    last = _last(topic_id)
    if last:
        TopicActivity.objects.filter(topic=topic_id).update(**last)


def count_below(post: Post) -> None:
    """One more that holds a place below its parent and below its root: one statement, since they may be the same row."""
    parent_number, root_number = post.parent_number, post.root_number
    if parent_number is None or post.kept_from is not None:
        return
    Post.objects.filter(topic=post.topic_id, number__in={parent_number, root_number}).update(
        reply_count=Case(
            When(number=parent_number, then=F("reply_count") + 1), default=F("reply_count"), output_field=IntegerField()
        ),
        descendant_count=Case(
            When(number=root_number, then=F("descendant_count") + 1),
            default=F("descendant_count"),
            output_field=IntegerField(),
        ),
    )


def count_out(post: Post) -> None:
    """One published post less; its row says so already."""
    _count_again(post, -1)


def count_in(post: Post) -> None:
    """One published post more, anywhere in its topic; its row says so already."""
    _count_again(post, +1)


def _count_again(post: Post, change: int) -> None:
    if post.is_aside:
        return
    published = Post.objects.counted().filter(topic=post.topic_id)
    others = published.exclude(pk=post.pk).filter(author=post.author_id, persona=post.persona_id).exists()
    changes: dict[str, object] = {"participant_count": F("participant_count") + change * int(not others)}
    if post.number > 1:
        changes["reply_count"] = F("reply_count") + change
    TopicActivity.objects.filter(topic=post.topic_id).update(**changes, **_last(post.topic_id))


def _last(topic_id: int) -> dict[str, object]:
    """The columns about the last post on show; none where there is none. What was moved here stands behind what was written after
    it, so the highest number need not be the newest. One statement."""
    on_show = Post.objects.counted().filter(topic=topic_id)
    highest = Subquery(on_show.order_by("-number").values("number")[:1])
    newest = on_show.annotate(highest=highest).order_by("-created_at", "-number")
    post = newest.only("created_at", "author_id", "persona_id").first()
    if post is None:
        return {}
    return {
        "last_post_number": post.highest,  # type: ignore[attr-defined]
        "last_posted_at": post.created_at,
        "last_author": post.author_id,
        "last_persona": post.persona_id,
    }
