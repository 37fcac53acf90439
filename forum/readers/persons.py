"""What one person wrote, under their own name: never what they wrote under a pseudonym."""

from typing import Final

from django.db.models import QuerySet

from accounts.models import User
from accounts.standing import Anyone
from common.paging import BadCursor, Page, read_cursor, take_page
from forum.models import Post
from forum.readers.listed import TopicRow, as_row, listed
from forum.readers.topic_list import listed_topics

PAGE: Final = 20


def posts_by(person: User, user: Anyone, *, before: str = "") -> Page[Post]:
    """What a reader may see of somebody's published posts, newest first. One statement. Raises BadCursor."""
    posts = Post.objects.visible_to(user).filter(author=person, state=Post.State.PUBLISHED)
    return _page(_drawn(posts), before)


def own_posts(user: Anyone, *, before: str = "") -> Page[Post]:
    """Everything somebody wrote and that still stands, wherever it stands, newest first. One statement. Raises BadCursor."""
    return _page(_drawn(Post.objects.written_by(user)), before)


def topics_by(person: User, user: Anyone, *, before: str = "") -> Page[TopicRow]:
    """The topics somebody started that a reader may know of, newest first. One statement. Raises BadCursor."""
    rows = listed_topics(user).filter(topic__author=person, topic__state="published").order_by("-topic")
    if before:
        rows = rows.filter(topic__lt=_before(before))
    found = [as_row(row) for row in listed(rows[: PAGE + 1])]
    return take_page(found, size=PAGE, key=lambda row: (row.topic.pk,), has_newer=False)


def _drawn(posts: "QuerySet[Post]") -> "QuerySet[Post]":
    return posts.select_related("topic__category", "author").defer("search", "body", "topic__search").order_by("-pk")


def _page(posts: "QuerySet[Post]", before: str) -> Page[Post]:
    if before:
        posts = posts.filter(pk__lt=_before(before))
    return take_page(list(posts[: PAGE + 1]), size=PAGE, key=lambda post: (post.pk,), has_newer=False)


def _before(cursor: str) -> int:
    (number,) = read_cursor(cursor, length=1)
    if not isinstance(number, int) or abs(number) > 2**53:
        raise BadCursor(cursor)
    return number
