"""The list of posts of a page, kept whole for all members who see the same: then no post is loaded at all.

First the posts are asked for in short (`forum.readers.seals`), through the visibility rule. The key of a sheet holds these lines
and whatever else of topic, reader and day its list shows. What hangs on more than that (what the reader wrote, what waits, a
poll) is put together from the pieces of `forum.composing` each time; so is everything for a visitor, whose page is kept whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from django.template.loader import render_to_string

from common.clock import london_day
from common.fragments import keep_fragment, kept_fragment, version_of
from forum.composing import PARTS, PostView, Reader, mark_first_new, of_another, posts_of, tree_of, views_of
from forum.models import Post
from forum.placing import Note, place_in_conversations, place_in_time
from forum.readers import TopicPage, conversations, posts_in_time, sealed_conversations, seals_in_time
from forum.readers.seals import Sealed

_PARTS: Final = ("forum/_thread.html", "forum/_branch.html", "forum/_notes_here.html", "forum/_note_line.html", *PARTS)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`thread`: the list as it is kept; else the `views` to draw it from, and the notes behind them. `rows`: the posts, whole or
    in short, first a root. Of the numbers from `begins` to `ends`, 0 meaning that no page follows;
    `next_after` and `before` as `forum.readers.conversations` has them."""

    face: str
    rows: Sequence[Sealed] | Sequence[Post]
    begins: int
    ends: int
    next_after: int = 0
    before: int = 0
    thread: str = ""
    views: Sequence[PostView] = ()
    notes_behind: Sequence[Note] = ()

    @property
    def posts(self) -> list[Post]:
        return [row for row in self.rows if isinstance(row, Post)]


def sheet_in_time(page: TopicPage, reader: Reader, *, first: int, last: int) -> Sheet:
    """The posts numbered first to last. One statement where it is kept."""

    def short() -> Sheet:
        return Sheet("time", seals_in_time(page.topic, reader.user, first=first, last=last), first, last)

    def whole() -> Sheet:
        posts = posts_in_time(page.topic, reader.user, first=first, last=last)
        views = views_of(posts, reader, in_time=True)
        mark_first_new(views)
        behind = place_in_time(views, page.happened, first=first, last=last)
        return Sheet("time", posts, first, last, views=views, notes_behind=behind)

    return _kept_or_drawn(page, reader, short, whole)


def sheet_of_conversations(page: TopicPage, reader: Reader, *, after: int, before: int) -> Sheet:
    """Conversations behind a number, or ahead of one. Two statements where they are kept."""

    def short() -> Sheet:
        found = sealed_conversations(page.topic, reader.user, after=after, before=before)
        return _turning(found.seals, found.next_after, found.before)

    def whole() -> Sheet:
        found = conversations(page.topic, reader.user, after=after, before=before)
        views = tree_of(found.branches, reader)
        sheet = _turning([*posts_of(found.branches)], found.next_after, found.before)
        behind = place_in_conversations(views, page.happened, after=sheet.begins, is_end=not sheet.ends)
        return replace(sheet, views=views, notes_behind=behind)

    def _turning(rows: Sequence[Any], next_after: int, ahead: int) -> Sheet:
        begins = after or (rows[0].number if rows and ahead else 0)
        return Sheet("conversations", rows, begins, next_after, next_after, ahead)

    return _kept_or_drawn(page, reader, short, whole)


def _kept_or_drawn(page: TopicPage, reader: Reader, short: Callable[[], Sheet], whole: Callable[[], Sheet]) -> Sheet:
    """What is kept is stored under what its own posts say: they may have changed since they were asked for in short."""
    if not reader.user.is_authenticated:
        return whole()
    sheet = short()
    key = sheet_key(page, reader, sheet)
    thread = kept_fragment(key, again=lambda: _drawn(page, reader, whole())) if key else None
    if thread is not None:
        return replace(sheet, thread=thread)
    sheet = whole()
    key = sheet_key(page, reader, sheet)
    return replace(sheet, thread=keep_fragment(key, _drawn(page, reader, sheet))) if key else sheet


def sheet_key(page: TopicPage, reader: Reader, sheet: Sheet) -> str:
    """Everything that a sheet shows, in short; empty where nothing is to be kept. It names no reader."""
    rows: list[Any] = sorted(sheet.rows, key=lambda row: row.number)
    lines, numbers = [row.seal for row in rows], [row.number for row in rows]
    if None in lines or not lines:
        return ""
    new = sum(0 < reader.last_read < number for number in numbers)
    others = of_another(page.topic, reader)
    may = (
        others.can_react, others.can_edit, others.can_withdraw, others.can_report, others.can_see_reactors,
        reader.can_reply, reader.can_accept, reader.may_moderate,
    )  # fmt: skip
    told = (
        (page.topic.pk, page.topic.solution_number, sheet.face, sheet.begins, sheet.ends, london_day(reader.at), lines),
        (*map(bool, may), new, page.read_at if new and sheet.face == "time" else None),
        sorted(reader.bookmarked.intersection(numbers)),
        sorted(reader.blocked.intersection(row.author_id for row in rows)),
        page.happened,
    )
    return f"forum:sheet:{version_of(*_PARTS)}:{sha256(repr(told).encode()).hexdigest()}"


def _drawn(page: TopicPage, reader: Reader, sheet: Sheet) -> str:
    shown: dict[str, Any] = {"views": sheet.views, "notes_behind": sheet.notes_behind, "face": sheet.face}
    return render_to_string("forum/_thread.html", {**shown, "page": page, "topic": page.topic, "now": reader.at})
