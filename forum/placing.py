"""Where moderators' notes stand among the posts of a page, beside the list of them above it. Pure; makes no statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from forum.composing import PostView

Note = Mapping[str, Any]
_OF_POSTS: Final = ("split_off", "split_from", "merged")
"""These tell of posts, and stand ahead of the first of them; the others behind the last post there was at their moment."""


def place_in_time(views: Sequence[PostView], notes: Iterable[Note], *, first: int, last: int) -> list[Note]:
    """Give each post of the numbers first to last the notes that stand ahead of it. Returns those behind all of them."""
    return _placed(views, [note for note in _oldest_first(notes) if first <= note["number"] <= last])


def place_in_conversations(views: Sequence[PostView], notes: Iterable[Note], *, after: int, is_end: bool) -> list[Note]:
    """The same for roots with what hangs below them. `after`: the number behind which the page begins; `is_end`: no page
    follows. What tells of a post that is not on the page stands in the list above only."""
    shown = {view.post.number: view for view in _all(views)}
    among: list[Note] = []
    for note in _oldest_first(notes):
        if note["kind"] in _OF_POSTS:
            if note["number"] in shown:
                shown[note["number"]].notes.append(note)
        elif note["number"] >= after:
            among.append(note)
    behind = _placed(views, among)
    return behind if is_end else []


def _oldest_first(notes: Iterable[Note]) -> list[Note]:
    """Those that know where they stand, given newest first."""
    return [note for note in notes if note["number"]][::-1]


def _placed(views: Sequence[PostView], notes: Iterable[Note]) -> list[Note]:
    behind: list[Note] = []
    for note in notes:
        least = note["number"] if note["kind"] in _OF_POSTS else note["number"] + 1
        there = next((view for view in views if view.post.number >= least), None)
        (there.notes if there else behind).append(note)
    return behind


def _all(views: Iterable[PostView]) -> Iterator[PostView]:
    for view in views:
        yield view
        yield from _all(view.replies)
