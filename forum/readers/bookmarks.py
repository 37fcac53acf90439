"""What somebody marked to come back to."""

from dataclasses import dataclass
from typing import Final

from accounts.standing import Anyone, standing_of
from common.paging import BadCursor, Page, read_cursor, take_page
from forum.models import Bookmark, Post
from forum.readers.posts import PostSnippet, post_snippets

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class BookmarkRow:
    """A bookmark, and its post in a line; None where it may not be read any more: then only the reader's own note is left."""

    bookmark: Bookmark
    post: PostSnippet | None


def bookmarks_of(user: Anyone, *, before: str = "") -> Page[BookmarkRow]:
    """The newest first. Two statements. Raises BadCursor."""
    rows = Bookmark.objects.of(standing_of(user).user_id).newest_first()
    if before:
        (pk,) = read_cursor(before, length=1)
        if not isinstance(pk, int) or abs(pk) > 2**53:
            raise BadCursor(before)
        rows = rows.filter(pk__lt=pk)
    found = take_page(list(rows[: PAGE + 1]), size=PAGE, key=lambda bookmark: (bookmark.pk,), has_newer=False)
    posts = post_snippets([bookmark.post_id for bookmark in found.rows], user)
    return Page([BookmarkRow(bookmark, posts.get(bookmark.post_id)) for bookmark in found.rows], found.older)


def bookmark_for(user: Anyone, post: Post) -> Bookmark | None:
    """This person's bookmark of a post. One statement."""
    return Bookmark.objects.of(standing_of(user).user_id).filter(post=post).first()
