"""Finding posts and topics: what the reader may see, best first, in a number of statements that does not grow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BigIntegerField, Case, F, FloatField, Q, Value, When
from django.db.models.functions import Cast

from accounts.standing import Anyone
from common.html_reading import plain_text
from common.paging import Cursor, Page, take_page
from forum.models import Post

PAGE_SIZE = 20
LONGEST_QUERY = 200
_BEGIN, _END = "\x02", "\x03"
_HEADLINE = f"StartSel={_BEGIN}, StopSel={_END}, MaxWords=36, MinWords=18, MaxFragments=2, FragmentDelimiter= … "


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet; `hit` where it is a word that was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A post, its topic, and where the words stand in it."""

    post: Post
    snippet: Sequence[Piece]


def find_posts(user: Anyone, words: str, *, after: Cursor | None = None) -> Page[Found]:
    """Posts that hold the words, and first posts whose title does, by rank and then newest. `words` is what people type into a
    search box: quotes for phrases, `or`, a minus before a word. `after`: the cursor of the page before (`rank, id`)."""
    query = SearchQuery(words, search_type="websearch", config="english")
    title = Case(When(number=1, then=SearchRank(F("topic__search"), query) * 4.0), default=0.0, output_field=FloatField())
    rank = Cast((SearchRank(F("search"), query) + title) * Value(1_000_000.0), BigIntegerField())
    posts = (
        Post.objects.visible_to(user)
        .filter(Q(search=query) | Q(number=1, topic__search=query))
        .annotate(rank=rank)
        .select_related("topic__category", "author", "persona")
        .order_by("-rank", "-pk")
    )
    if after is not None:
        posts = posts.filter(Q(rank__lt=after[0]) | Q(rank=after[0], pk__lt=after[1]))
    rows = list(posts[: PAGE_SIZE + 1])
    snippets = _snippets(words, [plain_text(post.html) for post in rows])
    found = [Found(post, snippet) for post, snippet in zip(rows, snippets, strict=True)]
    return take_page(found, size=PAGE_SIZE, key=_place, has_newer=False)


def _place(row: Found) -> Cursor:
    return (row.post.rank, row.post.pk)  # type: ignore[attr-defined]


def _snippets(words: str, texts: Sequence[str]) -> list[list[Piece]]:
    """The best stretch of each text, by PostgreSQL's own reading of the words: one statement for all."""
    if not texts:
        return []
    sql = """
        SELECT ts_headline('english', told.text, websearch_to_tsquery('english', %s), %s)
        FROM unnest(%s::text[]) WITH ORDINALITY AS told(text, place) ORDER BY told.place
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [words, _HEADLINE, [text.replace(_BEGIN, "").replace(_END, "") for text in texts]])
        return [list(_pieces(_open_ended(row[0], text))) for row, text in zip(cursor.fetchall(), texts, strict=True)]


def _open_ended(headline: str, text: str) -> str:
    """The stretch with an ellipsis at each end where the text goes on."""
    parts = headline.replace(_BEGIN, "").replace(_END, "").split(" … ")
    before = "" if text.lstrip().startswith(parts[0].strip()) else "… "
    after = "" if text.rstrip().endswith(parts[-1].strip()) else " …"
    return f"{before}{headline.strip()}{after}"


def _pieces(headline: str) -> Iterator[Piece]:
    for number, part in enumerate(headline.split(_BEGIN)):
        hit, mark, rest = part.partition(_END) if number else ("", "", part)
        if mark:
            yield Piece(hit, True)
        if rest:
            yield Piece(rest, False)
