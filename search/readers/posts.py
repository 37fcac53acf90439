"""Posts and topics: the one kind of thing that search began with."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from django.core.cache import cache
from django.db.models import BooleanField, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.query import QuerySet
from django.utils.safestring import SafeString

from accounts.standing import Anyone, shape_of, somebody_of, standing_of
from accounts.statements import ReadersStatement
from common.addresses import Numbered
from common.paging import Cursor, write_cursor
from forum.models import Post
from forum.models.post import PostQuerySet
from forum.readers.posts import seen_alone
from forum.rendering import snippet as cut
from search.kinds import Results
from search.language import Asked, write
from search.readers.matching import MOST, joined, matches, weight
from search.readers.snippets import Piece, drawn, marked_whole, open_pieces, pieces, stretch_of, words_of
from search.synonyms import Part, parts_of

PAGE_SIZE: Final = 20
KEPT_FOR: Final = 20
"""Seconds for which the order of a search is kept, so that its next page costs little, and the same search by others. What may be
seen is asked anew for every page."""

Place = tuple[int, int]
"""Score and id of a match, highest first; the score is 0 in order of time."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a row shows of a post: where the words stand in its title and its text; `name`: of its author, or its pseudonym."""

    number: int
    url: str
    title: list[Piece]
    snippet: list[Piece]
    category: str
    name: str
    is_persona: bool
    at: datetime
    is_accepted: bool

    @property
    def snippet_html(self) -> SafeString:
        return drawn(self.snippet)

    @property
    def title_html(self) -> SafeString:
        return drawn(self.title)


class Posts:
    """Posts by their text, first posts by their topic's title as well."""

    label = "Topics and posts"
    template = "search/_posts.html"

    def find(self, user: Anyone, asked: Asked, *, newest: bool, after: Cursor | None, at: datetime) -> Results:
        """By weight and then newest, or newest alone. Two to four statements; one while the order is kept. Where something in the
        order that was kept is not to be seen any more, it is put in order once more: no count tells of it. The cursor: score and
        id."""
        found, is_whole = self._found(user, asked, newest=newest, after=after, at=at)
        if not is_whole:
            cache.delete_many(_keys(user, asked, newest=newest, at=at))
            found, _ = self._found(user, asked, newest=newest, after=after, at=at)
        return found

    def _found(self, user: Anyone, asked: Asked, *, newest: bool, after: Cursor | None, at: datetime) -> tuple[Results, bool]:
        """What there is by the order as it is kept, and whether all that this page holds may be seen still."""
        places = _places(user, asked, newest=newest, at=at)
        left = places if after is None else [place for place in places if place < tuple(after)]
        shown = left[:PAGE_SIZE]
        older = write_cursor(shown[-1]) if len(left) > PAGE_SIZE else ""
        rows = _drawn(user, asked.text, [pk for _, pk in shown])
        found = Results(rows, total=min(MOST, len(places)), is_all=len(places) <= MOST, older=older)
        return found, len(rows) == len(shown)


def _places(user: Anyone, asked: Asked, *, newest: bool, at: datetime) -> list[Place]:
    """Every match that is put in order, of one more than that: of what all of this reader's standing may see, kept for all of
    them, and of what the reader alone may. Two statements, three where there is any of that; none where they are kept."""
    shared, own = _keys(user, asked, newest=newest, at=at)
    kept: dict[str, list[Place]] = cache.get_many([shared, own])
    made: dict[str, list[Place]] = {}
    if shared not in kept:
        made[shared] = _in_order(matches(somebody_of(shape_of(user)), asked), asked, newest=newest, at=at)
    if own not in kept:
        alone = seen_alone(user)
        made[own] = _in_order(matches(user, asked, among=alone), asked, newest=newest, at=at) if alone else []
    if made:
        cache.set_many(made, KEPT_FOR)
    found = kept | made
    return _newest_of({*found[shared], *found[own]}) if found[own] else found[shared]


def _in_order(found: PostQuerySet, asked: Asked, *, newest: bool, at: datetime) -> list[Place]:
    """One statement."""
    posts = Post.objects.filter(pk__in=found)
    if newest or not asked.text:
        return _newest_of((0, pk) for pk in posts.values_list("pk", flat=True))
    return _newest_of(posts.annotate(score=weight(asked.text, at=at)).values_list("score", "pk"))


def _newest_of(places: Iterable[Place]) -> list[Place]:
    """The newest of both ways of matching, in their order."""
    return sorted(sorted(places, key=lambda place: -place[1])[: MOST + 1], reverse=True)


def _keys(user: Anyone, asked: Asked, *, newest: bool, at: datetime) -> tuple[str, str]:
    """By what standing, on which day; and the same of this reader alone. Nobody is given what another may see, nor their own from
    before a right ended."""
    standing = standing_of(user)
    told = f"{standing.sight}|{sorted(standing.practices)}|{newest}|{at:%Y-%m-%d}|{write(asked)}"
    shared, own = (hashlib.sha256(words.encode()).hexdigest() for words in (told, f"{standing.user_id}|{told}"))
    return f"search:{shared}", f"search:own:{own}"


def _drawn(user: Anyone, text: str, ids: Sequence[int]) -> list[Found]:
    """These posts as far as they may be seen now, in this order, with the places of the words. One statement; none for none."""
    if not ids:
        return []
    parts, words = _as_values(text)
    rows = {row[0]: _Row(*row) for row in _SHOWN.tuples(user, parts, ids=list(ids), **words)}
    return [_found(rows[pk]) for pk in ids if pk in rows]


Parts = tuple[tuple[int, ...], ...]
"""Of each alternative of a search, of each of its parts, how many other names it has."""


def _as_values(text: str) -> tuple[Parts, dict[str, str]]:
    """A search in what its SQL hangs on and in what that is filled with."""
    alternatives = parts_of(text)
    words = [said for parts in alternatives for part in parts for said in (part.words, *part.others)]
    shape = tuple(tuple(len(part.others) for part in parts) for parts in alternatives)
    return shape, {f"word_{number}": said for number, said in enumerate(words)}


def _shown(user: Anyone, parts: Parts, *, ids: list[int], **words: str) -> "QuerySet[Post, Any]":
    posts = Post.objects.visible_to(user).annotate(words=words_of("html"), **_marks(parts, iter(words.values())))
    of_these = RawSQL('"forum_post"."id" = ANY(%s)', [ids], output_field=BooleanField())
    return posts.filter(of_these).values_list(*_COLUMNS)


def _marks(parts: Parts, words: Iterator[str]) -> dict[str, Any]:
    if not parts:
        return {"stretch": Value(None, TextField()), "heading": Value(None, TextField())}
    query = joined([[Part(next(words), tuple(islice(words, others))) for others in one] for one in parts])
    return {"stretch": stretch_of(words_of("html"), query), "heading": marked_whole("topic__title", query)}


class _Row(NamedTuple):
    """In the order of `_COLUMNS`."""

    pk: int
    number: int
    at: datetime
    topic: int
    slug: str
    title: str
    solution: int | None
    category: str
    author: str | None
    persona: str | None
    words: str
    stretch: str | None
    heading: str | None


_COLUMNS: Final = (
    *("pk", "number", "created_at", "topic", "topic__slug", "topic__title", "topic__solution_number", "topic__category__name"),
    *("author__display_name", "persona__label", "words", "stretch", "heading"),
)
_SHOWN: Final = ReadersStatement(_shown)
_TOPIC, _POST = Numbered("forum:topic", is_slug=True), Numbered("forum:post")


def _found(row: _Row) -> Found:
    return Found(
        number=row.number,
        url=_TOPIC.of(row.topic, row.slug) if row.number == 1 else _POST.of(row.topic, row.number),
        title=[Piece(row.title, False)] if row.heading is None else pieces(row.heading),
        snippet=[Piece(cut(row.words), False)] if row.stretch is None else open_pieces(row.stretch, row.words),
        category=row.category,
        name=row.author or "" if row.persona is None else f"“{row.persona}”",
        is_persona=row.persona is not None,
        at=row.at,
        is_accepted=row.solution == row.number,
    )
