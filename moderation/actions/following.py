"""A post went to another topic: what is known of it goes along."""

from collections.abc import Sequence

from moderation.models import Case


def follow_moved_posts(post_ids: Sequence[int], *, topic_id: int) -> None:
    """Cases about these posts stand with their new topic, for whoever keeps order there (settings.POSTS_MOVED)."""
    Case.objects.filter(post__in=list(post_ids)).update(topic=topic_id)
