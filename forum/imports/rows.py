"""What the rows of one topic should be: the archive's posts, gaps where it has none, and untouched what was written, removed or
changed here."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Final

from common.markdown import RENDER_VERSION
from forum.imports.discourse import SourcePost, SourceTopic
from forum.imports.threads import Place, places
from forum.models import Post

STRUCTURE: Final = ("parent_number", "root_number", "depth", "lost_parent_number", "reply_count", "descendant_count")
WRITTEN: Final = (
    *STRUCTURE,
    *("author_id", "body", "source_format", "html", "render_version", "state", "imported_likes", "created_at", "edited_at"),
    *("revision", "moderation_version"),
)


def belongs_here(post: Post) -> bool:
    """Written, changed or removed here: an import takes no hand in it."""
    return post.state != Post.State.GAP and (
        post.source_format == Post.Format.MARKDOWN or post.state != Post.State.PUBLISHED or post.persona_id is not None
    )


def wanted_rows(
    source: SourceTopic,
    topic_id: int,
    existing: Mapping[int, Post],
    authors: Mapping[str, int],
    html: Mapping[int, str],
    at: datetime,
) -> list[Post]:
    """Every row that is new or no longer as it should be, in order of number; the others need no touch."""
    kept = {number: post for number, post in existing.items() if belongs_here(post)}
    given = {post.number: post for post in source.posts}
    parents = {number: _said_parent(post) for number, post in kept.items()}
    parents |= {
        number: post.parent for number, post in given.items() if number not in kept or kept[number].source_format == "html"
    }
    placed = places(parents)
    last = max(source.highest, *existing) if existing else source.highest
    wanted = []
    for number in range(1, last + 1):
        before = existing.get(number)
        if number in kept:
            row = copy(kept[number])
        elif number in given:
            row = _post(given[number], topic_id, before, authors[given[number].author], html[number], at)
        else:
            row = _gap(topic_id, number, before, source.created_at)
        _stand(row, placed.get(number) or Place(None, number))
        if before is None or _differs(before, row):
            row.moderation_version += before is not None
            wanted.append(row)
    return wanted


def _said_parent(post: Post) -> int | None:
    return post.parent_number or post.lost_parent_number


def _post(given: SourcePost, topic_id: int, before: Post | None, author: int, html: str, at: datetime) -> Post:
    row = copy(before) if before else Post(topic_id=topic_id, number=given.number)
    rewritten = before is not None and before.state == Post.State.PUBLISHED and before.body != given.cooked
    row.revision = max(given.version, before.revision + rewritten if before and before.state != Post.State.GAP else 1)
    if row.revision == given.version:
        row.edited_at = given.edited_at
    elif rewritten:
        row.edited_at = given.edited_at or max(at, given.created_at)
    row.author_id, row.state, row.source_format = author, Post.State.PUBLISHED, Post.Format.HTML
    row.body, row.html, row.render_version = given.cooked, html, RENDER_VERSION
    row.imported_likes, row.created_at = given.likes, given.created_at
    return row


def _gap(topic_id: int, number: int, before: Post | None, at: datetime) -> Post:
    """A number without a post. It keeps nothing of what stood there."""
    row = copy(before) if before else Post(topic_id=topic_id, number=number)
    row.state, row.source_format, row.author_id = Post.State.GAP, Post.Format.HTML, None
    row.body, row.html, row.imported_likes = "", "", 0
    row.created_at, row.edited_at, row.revision = at, None, 1
    row.render_version = before.render_version if before and before.state == Post.State.GAP else RENDER_VERSION
    return row


def _stand(row: Post, place: Place) -> None:
    row.parent_number, row.root_number, row.depth, row.lost_parent_number = place.parent, place.root, place.depth, place.lost
    row.reply_count = place.reply_count
    row.descendant_count = place.descendant_count


def _differs(before: Post, row: Post) -> bool:
    return any(getattr(before, name) != getattr(row, name) for name in WRITTEN)
