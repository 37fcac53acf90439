"""Where what somebody looks for is now."""

from accounts.standing import Anyone
from forum.models import Post, PostMove, Topic


def moved_post(user: Anyone, topic_id: int, number: int) -> Post | None:
    """The post that stood under this number until it was moved, with its topic, where this person may see where it is. One
    statement."""
    ids = PostMove.objects.filter(topic=topic_id, number=number).values("post")
    posts = Post.objects.placed_for(user).filter(pk__in=ids, topic__in=Topic.objects.visible_to(user))
    return posts.select_related("topic").only("number", "parent_number", "depth", "topic__slug", "topic__last_number").first()


def merged_topic(user: Anyone, topic_id: int) -> Topic | None:
    """The topic that this one became part of, where this person may know of it. One statement."""
    into = Topic.objects.filter(pk=topic_id, merged_into__isnull=False).values("merged_into")
    return Topic.objects.visible_to(user).filter(pk__in=into).first()
