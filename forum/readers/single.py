"""One post by its number, for the pages about it."""

from typing import Final

from django.db.models.query import QuerySet

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from forum.models import Post
from forum.models.persona import own_tag


def post_for(user: Anyone, topic_id: int, number: int) -> Post | None:
    """If this person may read its text, or wrote it as a persona; with its topic, category and author. One statement."""
    user_id = standing_of(user).user_id
    tag = {} if user_id is None else {"tag": own_tag(topic_id, user_id)}
    return _ONE.first(user, topic=topic_id, number=number, **tag)


def _one(user: Anyone, *, topic: int, number: int, tag: bytes = b"") -> "QuerySet[Post]":
    posts = Post.objects.visible_or_own(user, topic_id=topic, tag=tag).filter(number=number)
    return posts.select_related("topic__category", "author__facts", "persona", "removed_by").defer("search", "topic__search")


_ONE: Final = ReadersStatement(_one)
