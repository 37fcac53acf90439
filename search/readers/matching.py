"""A search as PostgreSQL takes it: the words as a tsquery, the filters as conditions, the order as an expression.

A common word would cost by how often it occurs. So the newest `MOST` matches that may be seen are taken first and only they
are weighed. PostgreSQL chooses how to find them: walking back from the newest post where the word is common (it knows how
common, from its statistics, since the tsquery is a constant to it), by the GIN index where it is rare.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import add, and_, or_
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import BigAutoField, Case, Exists, F, FloatField, Func, Q, Value, When
from django.db.models.functions import Cast, Greatest, Least, Ln
from django.db.models.query import QuerySet

from accounts.standing import Anyone
from common.clock import LONDON
from forum.models import Post, Tag, Topic, TopicTag
from forum.models.post import PostQuerySet
from search import ranking
from search.language import Asked, tokens
from search.synonyms import Part, parts_of, positive_words

MOST: Final = 2_000
"""So many of the newest matches are put in order."""

CONFIG: Final = "english"

_WHOLE: Final = BigAutoField()
"""A whole number as it comes: Django asks each value of an IntegerField for its type, two thousand times a search."""


def query_of(text: str) -> SearchQuery | None:
    """What must be there; None where nothing is asked for."""
    alternatives = parts_of(text)
    return joined(alternatives) if alternatives else None


def joined(alternatives: Sequence[Sequence[Part]]) -> SearchQuery:
    """Any of the alternatives, each with all of its parts."""
    query: SearchQuery = reduce(or_, [reduce(and_, [_part(part) for part in parts]) for parts in alternatives])
    return query


def any_of(text: str) -> SearchQuery | None:
    """Any of the words, or of their other names."""
    words = [_plain(word) for word in positive_words(text)]
    others = [_phrase(other) for parts in parts_of(text) for part in parts for other in part.others]
    return reduce(or_, [*words, *others]) if words else None


def shared_with(text: str) -> Case:
    """How many of the words a vector has; a term that it has by another name counts as two."""
    words = [(_plain(word), 1) for word in positive_words(text)]
    terms = [(reduce(or_, map(_phrase, part.others)), 2) for parts in parts_of(text) for part in parts if part.others]
    each = [Case(When(search=query, then=count), default=0, output_field=_WHOLE) for query, count in (*words, *terms)]
    return reduce(add, each)


def words_in(text: str) -> Func:
    """How many words of a text are looked for: “of” and “the” are not."""
    query = SearchQuery(text, search_type="plain", config=CONFIG)
    return Func(query, function="numnode", template="((%(function)s(%(expressions)s) + 1) / 2)", output_field=_WHOLE)


def _part(part: Part) -> SearchQuery:
    return reduce(or_, [_plain(part.words), *map(_phrase, part.others)])


def _plain(words: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config=CONFIG)


def _phrase(words: str) -> SearchQuery:
    return SearchQuery(words, search_type="phrase", config=CONFIG)


def matches(user: Anyone, asked: Asked, *, among: Sequence[int] | None = None) -> PostQuerySet:
    """Ids of the newest matches that this person may see: posts with the words, and first posts whose title or title and text
    together have them. At most `MOST` + 1 of either; only of those `among` these, where they are given."""
    seen = Post.objects.visible_to(user)
    narrowed = _narrowed(seen if among is None else seen.filter(pk__in=among), asked)
    query = query_of(asked.text)
    if query is None:
        return _newest(narrowed.filter(number=1) if _asks_for_topics(asked) else narrowed)
    by_title = _newest(_titled(user, narrowed, asked, query))
    if asked.in_title:
        return by_title
    return _newest(narrowed.filter(search=query)).union(by_title)


def _asks_for_topics(asked: Asked) -> bool:
    """Of a search without words: whoever asks for questions does not mean each reply to one."""
    return asked.in_title or (bool(asked.states) and "accepted" not in asked.states)


def _newest(posts: PostQuerySet) -> PostQuerySet:
    return posts.order_by("-pk").values("pk")[: MOST + 1]  # type: ignore[return-value]


def _titled(user: Anyone, posts: PostQuerySet, asked: Asked, query: SearchQuery) -> PostQuerySet:
    """First posts found by their title. Of several words some may stand in the title and the rest in the text; what is left out
    may stand in neither."""
    several = not asked.in_title and len(tokens(asked.text)) > 1
    wanted = (any_of(asked.text) if several else None) or query
    topics = Topic.objects.visible_to(user).filter(search=wanted).order_by("-pk").values("pk")[: MOST + 1]
    firsts = posts.filter(number=1, topic__in=topics)
    if not several:
        return firsts
    both = Func(
        F("search"), F("topic__search"), template="(%(expressions)s)", arg_joiner=" || ", output_field=SearchVectorField()
    )
    return firsts.annotate(both=both).filter(both=query)


def _narrowed(posts: PostQuerySet, asked: Asked) -> PostQuerySet:
    if asked.author:  # a pseudonym's post has no author, so that no filter finds it
        posts = posts.filter(author__handle=asked.author)
    if asked.category:
        posts = posts.filter(topic__category__slug=asked.category)
    if asked.tag:
        posts = posts.filter(topic__in=TopicTag.objects.filter(tag__in=_tags_called(asked.tag)).values("topic"))
    if asked.after:
        posts = posts.filter(created_at__gte=_start_of(asked.after))
    if asked.before:
        posts = posts.filter(created_at__lt=_start_of(asked.before))
    for state in asked.states:
        posts = posts.filter(_STATES[state])
    return posts


def _tags_called(slug: str) -> "QuerySet[Tag, Any]":
    """The tag of this name, or else the one that was called so before."""
    anew = Tag.objects.filter(slug=slug)
    return Tag.objects.filter(Q(slug=slug) | Q(~Exists(anew), former__slug=slug)).values("pk")


_STATES: Final = {
    "question": Q(topic__kind=Topic.Kind.QUESTION),
    "answered": Q(topic__kind=Topic.Kind.QUESTION, topic__solution_number__isnull=False),
    "unanswered": Q(topic__kind=Topic.Kind.QUESTION, topic__solution_number=None),
    "accepted": Q(topic__solution_number=F("number")),
    "announcement": Q(topic__kind=Topic.Kind.ANNOUNCEMENT),
}


def _start_of(day: date) -> datetime:
    """Midnight in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def weight(text: str, *, at: datetime) -> Cast:
    """What `ranking.score` says, computed by the database. Ages are whole days, so that a page's order holds for a day."""
    query = query_of(text) or SearchQuery("", config=CONFIG)
    title = Case(
        When(number=1, then=SearchRank(F("topic__search"), query, normalization=1) * ranking.TITLE_WEIGHT),
        default=0.0,
        output_field=FloatField(),
    )
    seconds = Func(
        Value(_midnight(at)) - F("created_at"), template="EXTRACT(EPOCH FROM %(expressions)s)", output_field=FloatField()
    )
    days = Func(seconds / 86_400.0, function="CEIL", output_field=FloatField())
    fresh = 1.0 / (1.0 + Greatest(Value(0.0), days) / ranking.FRESH_DAYS)
    thanked = Cast(F("thanks_count") + F("insightful_count") + F("imported_likes"), FloatField())
    liked = Least(Value(ranking.MOST_THANKED), Ln(1.0 + thanked) * ranking.THANKED)
    accepted = Case(When(topic__solution_number=F("number"), then=ranking.ACCEPTED), default=0.0, output_field=FloatField())
    text_rank: Any = SearchRank(F("search"), query, normalization=1) + title
    return Cast(text_rank * (1.0 + fresh) * (1.0 + accepted + liked) * float(ranking.SCALE), _WHOLE)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def ages(at: datetime, created_at: datetime) -> int:
    """Whole days between a post and this day, as `weight` counts them: for tests of the formula."""
    return max(0, -((created_at - _midnight(at)) // timedelta(days=1)))
