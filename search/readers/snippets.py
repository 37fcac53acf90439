"""Where the words stand in a text and in a title, by PostgreSQL's own reading of both.

What comes out is plain text in pieces, and a template escapes it as it does any: no markup of a post or of a search gets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, Final

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F, TextField, Value
from django.db.models.expressions import Combinable, Func
from django.utils.safestring import SafeString

from common.markdown import as_html

_BEGIN: Final = "\x02"
_END: Final = "\x03"
_INLINE: Final = "</?(a|abbr|b|cite|code|del|em|i|ins|kbd|mark|q|s|samp|small|strong|sub|sup|u)( [^>]*)?>"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `hit` where it is a word that was looked for."""

    text: str
    hit: bool


def words_of(column: str) -> Combinable:
    """The text of clean HTML, its entities still written as such: marks inside a line go, all others part it."""
    return _without(_without(_without(F(column), f"[{_BEGIN}{_END}]", ""), _INLINE, ""), "<[^>]*>", " ")


def stretch_of(text: Combinable, query: SearchQuery) -> SearchHeadline:
    """The best stretch of a text, marked."""
    return SearchHeadline(
        text, query, config="english", start_sel=_BEGIN, stop_sel=_END,
        max_words=36, min_words=18, max_fragments=2, fragment_delimiter=" … ",
    )  # fmt: skip


def marked_whole(column: str, query: SearchQuery) -> SearchHeadline:
    """All of a text, marked."""
    plain = _without(F(column), f"[{_BEGIN}{_END}]", "")
    return SearchHeadline(plain, query, config="english", start_sel=_BEGIN, stop_sel=_END, highlight_all=True)


def drawn(found: list[Piece]) -> SafeString:
    """Pieces for a page: what was looked for in `<mark>`, every text escaped."""
    return as_html("".join(f"<mark>{escape(piece.text)}</mark>" if piece.hit else escape(piece.text) for piece in found))


def pieces(headline: str) -> list[Piece]:
    """What `marked_whole` made, in pieces."""
    return list(_pieces(headline))


def open_pieces(headline: str, text: str) -> list[Piece]:
    """What `stretch_of` made of a text, in pieces, with an ellipsis at each end where the text goes on."""
    whole, stretch = _folded(text), _folded(headline)
    parts = stretch.replace(_BEGIN, "").replace(_END, "").split(" … ")
    before = "" if whole.startswith(parts[0].strip()) else "… "
    after = "" if whole.endswith(parts[-1].strip()) else " …"
    return list(_pieces(f"{before}{stretch}{after}"))


def _folded(text: str) -> str:
    return " ".join(unescape(text).split())


def _without(text: Combinable, pattern: str, instead: str) -> Func:
    values: list[Any] = [text, Value(pattern), Value(instead), Value("g")]
    return Func(*values, function="regexp_replace", output_field=TextField())


def _pieces(headline: str) -> Iterator[Piece]:
    for number, part in enumerate(headline.split(_BEGIN)):
        hit, mark, rest = part.partition(_END) if number else ("", "", part)
        if mark:
            yield Piece(hit, True)
        if rest:
            yield Piece(rest, False)
