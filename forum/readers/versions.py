"""What a post said, version by version."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.differences import Piece, differences
from common.html_reading import plain_text
from common.markdown import render, sanitise
from forum.models import Post, Revision
from forum.rendering import source_of

PAGE: Final = 10


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a post. `at`: since when it said this. `text` is None where a moderator took it away, with `why`."""

    number: int
    at: datetime
    text: str | None
    is_now: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """How one version became the next: who, when, why, and the pieces of both; none where one of them was taken away."""

    before: Version
    after: Version
    who: str
    note: str
    at: datetime
    pieces: Sequence[Piece] | None


@dataclass(frozen=True, slots=True)
class History:
    """Changes, newest first; `older` is the number to go on below, 0 at the end."""

    changes: list[Change]
    older: int


def history_of(post: Post, *, below: int = 0) -> History:
    """The last ten changes of a post, or the ten below a version's number. One statement. Wants what `source_of` wants."""
    end = below if 1 < below <= post.revision else post.revision
    # one more than is shown: a version's time is that of the change before it
    rows = Revision.objects.filter(post=post, number__lt=end + 1).select_related("author", "persona").order_by("-number")
    found = {row.number: row for row in rows[: PAGE + 2]}
    changes = []
    for number in range(end - 1, max(0, end - 1 - PAGE), -1):
        row = found.get(number)
        if row is not None:
            before, after = _version(post, number, found), _version(post, number + 1, found)
            changes.append(Change(before, after, _who(post, row), row.note, row.at, pieces_of(before, after)))
    return History(changes, changes[-1].before.number if changes and changes[-1].before.number > 1 else 0)


def version_of(post: Post, number: int) -> Version | None:
    """One version of a post; None where there is none of this number. One statement."""
    if not 1 <= number <= post.revision:
        return None
    found = {row.number: row for row in Revision.objects.filter(post=post, number__in=[number, number - 1])}
    return _version(post, number, found) if number == post.revision or number in found else None


def earlier_texts(wanted: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
    """What posts said before, in clean HTML, by (post's id, number of the version); without those that a moderator took away. One
    statement; none where nothing is wanted."""
    if not wanted:
        return {}
    rows = Revision.objects.filter(post__in={post for post, _ in wanted}, removed_at=None)
    texts = {(row.post_id, row.number): row for row in rows.filter(number__in={number for _, number in wanted})}
    return {
        one: render(row.body) if row.source_format == Post.Format.MARKDOWN else sanitise(row.body)
        for one in wanted
        if (row := texts.get(one)) is not None
    }


def pieces_of(before: Version, after: Version) -> Sequence[Piece] | None:
    """What differs between two; None where the text of one is gone."""
    if before.text is None or after.text is None:
        return None
    return differences(before.text, after.text)


def _who(post: Post, row: Revision) -> str:
    """Its author by name; of a moderator nobody is told which."""
    is_by_author = row.author_id is None or row.author_id == post.author_id
    return str(row.author or row.persona or "") if is_by_author else "a moderator"


def _version(post: Post, number: int, found: dict[int, Revision]) -> Version:
    made = found.get(number - 1)
    at = made.at if made else post.created_at
    if number == post.revision:
        return Version(number, at, source_of(post), is_now=True)
    row = found[number]
    if row.removed_at is not None:
        return Version(number, at, None, why=row.removal_reason)
    text = row.body if row.source_format == Post.Format.MARKDOWN else plain_text(row.body)
    return Version(number, at, text)
