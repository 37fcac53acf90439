"""Posts and topics: the one kind of thing that search began with."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils.safestring import SafeString

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from common.paging import Cursor, write_cursor
from forum.models import Post
from forum.models.post import PostQuerySet
from forum.rendering import snippet as cut
from search.kinds import Results
from search.language import Asked, write
from search.readers.matching import MOST, matches, query_of, weight
from search.readers.snippets import Piece, drawn, marked_whole, open_pieces, pieces, stretch_of, words_of

PAGE_SIZE: Final = 20
KEPT_FOR: Final = 20
"""Seconds for which the order of one reader's search is kept, so that its next page costs little. What may be seen is asked
anew for every page."""

Place = tuple[int, int]
"""Score and id of a match, highest first; the score is 0 in order of time."""


@dataclass(frozen=True, slots=True)
class Found:
    """A post, its topic, and where the words stand in its text and in the title."""

    post: Post
    snippet: list[Piece]
    title: list[Piece]

    @property
    def snippet_html(self) -> SafeString:
        return drawn(self.snippet)

    @property
    def title_html(self) -> SafeString:
        return drawn(self.title)


class Posts:
    """Posts by their text, first posts by their topic's title as well."""

    label = "Topics and posts"
    template = "search/_post.html"

    def find(self, user: Anyone, asked: Asked, *, newest: bool, after: Cursor | None, at: datetime) -> Results:
        """By weight and then newest, or newest alone. Three statements; two while the order is kept. The cursor: score and id."""
        places = _places(user, asked, newest=newest, at=at)
        left = places if after is None else [place for place in places if place < tuple(after)]
        shown = left[:PAGE_SIZE]
        older = write_cursor(shown[-1]) if len(left) > PAGE_SIZE else ""
        rows = _drawn(user, asked.text, [pk for _, pk in shown])
        return Results(rows, total=min(MOST, len(places)), is_all=len(places) <= MOST, older=older)


def _places(user: Anyone, asked: Asked, *, newest: bool, at: datetime) -> list[Place]:
    """Every match that is put in order, of one more than that. One statement, none where this reader asked it just now."""
    key = _key(user, asked, newest=newest, at=at)
    kept: list[Place] | None = cache.get(key)
    if kept is not None:
        return kept
    found = Post.objects.filter(pk__in=matches(user, asked))
    if newest or not asked.text:
        places = [(0, pk) for pk in found.values_list("pk", flat=True)]
    else:
        places = list(found.annotate(score=weight(asked.text, at=at)).values_list("score", "pk"))
    # the newest of both ways of matching, in their order
    newest_first = sorted(places, key=lambda place: -place[1])[: MOST + 1]
    places = sorted(newest_first, reverse=True)
    cache.set(key, places, KEPT_FOR)
    return places


def _key(user: Anyone, asked: Asked, *, newest: bool, at: datetime) -> str:
    """Whose search, by what standing, on which day: nobody is given another's, nor their own from before a right ended."""
    standing = standing_of(user)
    told = f"{standing.user_id}|{standing.sight}|{newest}|{at:%Y-%m-%d}|{write(asked)}"
    return f"search:{hashlib.sha256(told.encode()).hexdigest()}"


def _drawn(user: Anyone, text: str, ids: Sequence[int]) -> list[Found]:
    """These posts as far as they may be seen now, in this order. Two statements, the second for where the words stand; none for
    none."""
    if not ids:
        return []
    found, query = {post.pk: post for post in _SHOWN.rows(user, ids=list(ids))}, query_of(text)
    marked: dict[int, tuple[str, str]] = {}
    if query is not None:
        posts = Post.objects.filter(pk__in=found).order_by()
        marks = posts.values_list("pk", stretch_of(words_of("html"), query), marked_whole("topic__title", query))
        marked = {pk: (stretch, heading) for pk, stretch, heading in marks}
    return [_found(found[pk], marked.get(pk)) for pk in ids if pk in found]


def _shown(user: Anyone, *, ids: list[int]) -> PostQuerySet:
    posts = Post.objects.visible_to(user).select_related("topic__category", "author", "persona")
    posts = posts.defer("body", "html", "search", "topic__search").annotate(words=words_of("html"))
    of_these = RawSQL('"forum_post"."id" = ANY(%s)', [ids], output_field=BooleanField())
    return posts.filter(of_these)


_SHOWN: Final = ReadersStatement(_shown)


def _found(post: Post, marked: tuple[str, str] | None) -> Found:
    words: str = post.words  # type: ignore[attr-defined]
    if marked is None:
        return Found(post, [Piece(cut(words), False)], [Piece(post.topic.title, False)])
    stretch, heading = marked
    return Found(post, open_pieces(stretch, words), pieces(heading))
