"""The counters of topics and posts, exact at every step. Callers hold the topic's row."""

from django.db.models import Case, F, IntegerField, When

from forum.models import Post, Topic, TopicActivity


def count_below(topic: Topic, parent_number: int | None, root_number: int) -> None:
    """One more that holds a place below its parent and below its root: one statement, since they may be the same row."""
    if parent_number is None:
        return
    Post.objects.filter(topic=topic, number__in={parent_number, root_number}).update(
        reply_count=Case(
            When(number=parent_number, then=F("reply_count") + 1), default=F("reply_count"), output_field=IntegerField()
        ),
        descendant_count=Case(
            When(number=root_number, then=F("descendant_count") + 1),
            default=F("descendant_count"),
            output_field=IntegerField(),
        ),
    )


def count_in_topic(post: Post, *, newcomer: bool) -> None:
    """One more published post, the last of its topic."""
    TopicActivity.objects.filter(topic=post.topic_id).update(
        reply_count=F("reply_count") + 1,
        participant_count=F("participant_count") + int(newcomer),
        last_post_number=post.number,
        last_posted_at=post.created_at,
        last_author=post.author_id,
        last_persona=post.persona_id,
    )


def count_out(post: Post) -> None:
    """One published post less; its row says so already."""
    _count_again(post, -1)


def count_in(post: Post) -> None:
    """One published post more, anywhere in its topic; its row says so already."""
    _count_again(post, +1)


def _count_again(post: Post, change: int) -> None:
    published = Post.objects.filter(topic=post.topic_id, state=Post.State.PUBLISHED)
    others = published.exclude(pk=post.pk).filter(author=post.author_id, persona=post.persona_id).exists()
    changes: dict[str, object] = {"participant_count": F("participant_count") + change * int(not others)}
    if post.number > 1:
        changes["reply_count"] = F("reply_count") + change
    last = published.order_by("-number").only("number", "created_at", "author_id", "persona_id").first()
    if last is not None:
        changes |= {
            "last_post_number": last.number,
            "last_posted_at": last.created_at,
            "last_author": last.author_id,
            "last_persona": last.persona_id,
        }
    TopicActivity.objects.filter(topic=post.topic_id).update(**changes)
