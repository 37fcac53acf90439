"""The rows of a list of topics, by key."""

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import DateTimeField, Exists, F, JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from common.paging import BadCursor, Cursor, Page, read_cursor, take_page
from common.statements import Value as Given
from forum.models import Category, CategoryMember, Level, Topic, TopicActivity, TopicMember, TopicNotice
from forum.models.topic import topic_rule
from forum.readers.listed import FOLLOWED, TopicRow, as_row, listed
from forum.readers.marks import tags_of

PAGE: Final = 20
PINNED: Final = 5
ORDERS: Final = {
    "latest": "last_posted_at",
    "newest": "topic__created_at",
    "unanswered": "last_posted_at",
    "questions": "topic__created_at",
    "answered": "topic__created_at",
    "archived": "last_posted_at",
}
"""Name in the address, and the column that leads."""
NEW_FOR: Final = timedelta(days=28)
"""A topic that nobody opened is no longer called new to them after this time."""

Choose = Callable[..., "QuerySet[TopicActivity]"]
"""A list of topics: `choose(user, *how, **values)`; a function of a module, since a statement is kept for each."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def topic_rows(
    category: Category, user: Anyone, *, order: str, before: str = "", after: str = "", at: datetime
) -> tuple[Sequence[TopicRow], Page[TopicRow]]:
    """What is pinned (on the first page only) and a page of the rest. Two statements. Raises BadCursor."""
    page = page_by_key(user, ORDERS[order], _in_order, order, before=before, after=after, at=at, category=category.pk)
    first = not before and not after and order != "archived"
    pinned = _PINNED.tuples(user, category=category.pk, at=at) if first else []
    return [as_row(row, pinned=True) for row in pinned], page


def _in_order(user: Anyone, order: str, *, at: datetime, category: int) -> "QuerySet[TopicActivity]":
    rows = listed_topics(user, at=at).filter(category=category)
    return rows.exclude(topic__pinned_until__isnull=False, topic__pinned_until__gt=at).filter(_of_order(order))


def _pinned_in(user: Anyone, *, at: datetime, category: int) -> "QuerySet[TopicActivity, Any]":
    here = Q(category=category) | _elsewhere(user)
    rows = listed_topics(user, at=at).filter(here, topic__pinned_until__gt=at, topic__archived_at=None)
    return listed(rows.order_by("-topic__pinned_until", "-topic")[:PINNED])


_PINNED: Final = ReadersStatement(_pinned_in)


def _of_order(order: str) -> Q:
    """Which rows an order shows. What is archived stands in a list of its own."""
    rules = {
        "unanswered": Q(reply_count=0),
        "questions": Q(topic__kind=Topic.Kind.QUESTION, topic__solution_number=None),
        "answered": Q(topic__kind=Topic.Kind.QUESTION, topic__solution_number__isnull=False),
    }
    return rules.get(order, Q()) & Q(topic__archived_at__isnull=order != "archived")


def _elsewhere(user: Anyone) -> Q:
    """Pinned above every list, until this reader opened it."""
    rule = Q(topic__pinned_everywhere=True)
    user_id = standing_of(user).user_id
    if user_id is None:
        return rule
    opened = TopicMember.objects.filter(user=user_id, topic=OuterRef("topic"), last_read__gt=0)
    return rule & Q(~Exists(opened))


def pinned_for(user: Anyone, *, at: datetime) -> "QuerySet[TopicActivity]":
    """What is pinned above every list at this moment and this reader has not opened."""
    rows = listed_topics(user, at=at).filter(_elsewhere(user), topic__pinned_until__gt=at, topic__archived_at=None)
    return rows.order_by("-topic__pinned_until", "-topic")


def listed_topics(user: Anyone, *, at: datetime | None = None) -> "QuerySet[TopicActivity]":
    """Every topic that this person may know of, through its activity, with what a row needs: `mine`, `notice`, `tags`, and
    `seen_until`, up to when nothing of its category is new to them (told only where `at` is)."""
    standing = standing_of(user)
    notice = TopicNotice.objects.filter(topic=OuterRef("topic")).order_by("-at", "-pk").values("text")[:1]
    mine: Subquery | Value = Value(None, output_field=JSONField())
    if standing.user_id is not None:
        rows = TopicMember.objects.filter(user=standing.user_id, topic=OuterRef("topic"))
        mine = Subquery(rows.values(told=JSONObject(last_read="last_read", level="level", because="because"))[:1])
    return (
        TopicActivity.objects.filter(topic_rule(standing, "topic__"), topic__merged_into=None)
        .annotate(notice=Subquery(notice), mine=mine, tags=tags_of("topic"))
        .annotate(seen_until=_seen_until(user, at))
    )


def _seen_until(user: Anyone, at: datetime | None) -> Value | Greatest:
    """What they marked as read, else the day they came; never further back than NEW_FOR."""
    user_id = standing_of(user).user_id
    if user_id is None or at is None:
        return Value(None, output_field=DateTimeField())
    marked = CategoryMember.objects.filter(user=user_id, category=OuterRef("category")).values("watermark")[:1]
    came = Value(user.created_at, output_field=DateTimeField())  # type: ignore[union-attr]
    return Greatest(Coalesce(Subquery(marked), came), Value(at - NEW_FOR, output_field=DateTimeField()))


def unmuted(rows: "QuerySet[TopicActivity]", user: Anyone) -> "QuerySet[TopicActivity]":
    """Without what this person muted: topics, and categories but for the topics in them that they follow."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return rows
    mine = TopicMember.objects.filter(user=user_id, topic=OuterRef("topic"))
    category = CategoryMember.objects.filter(user=user_id, category=OuterRef("category"), level=Level.MUTED)
    return rows.filter(~Exists(mine.filter(level=Level.MUTED)), ~Exists(category) | Exists(mine.filter(level__in=FOLLOWED)))


def page_by_key(
    user: Anyone, column: str, choose: Choose, *how: Hashable, before: str, after: str, **values: Given
) -> Page[TopicRow]:
    """Of what `choose(user, *how, **values)` lists, a page by a column that leads. One statement. Raises BadCursor."""
    side = "gt" if after and not before else "lt" if before else ""
    beyond = _moment_and_topic(read_cursor(before or after, length=2)) if side else {}
    found = [as_row(row) for row in _PAGE.tuples(user, column, side, choose, *how, **beyond, **values)]

    def key(row: TopicRow) -> Cursor:
        moment = row.topic.created_at if column == "topic__created_at" else row.topic.last_posted_at
        return (moment - _EPOCH) // timedelta(microseconds=1), row.topic.pk

    if side != "gt":
        return take_page(found, size=PAGE, key=key, has_newer=bool(before))
    page = take_page(found, size=PAGE, key=key, has_newer=True)
    # fetched from old to new: turn the page round, and what lay beyond is newer
    return Page(list(reversed(page.rows)), older=page.newer, newer=page.older)


def _page(
    user: Anyone, column: str, side: str, choose: Choose, *how: Hashable, moment: Any = None, topic: int = 0, **values: Any
) -> "QuerySet[TopicActivity, Any]":
    rows = choose(user, *how, **values)
    if side:  # the first condition leads into the index
        beyond = Q(**{f"{column}__{side}": moment}) | Q(**{f"topic__{side}": topic})
        rows = rows.filter(Q(**{f"{column}__{side}e": moment}) & beyond)
    return listed(rows.order_by(*((column, "topic") if side == "gt" else (f"-{column}", "-topic")))[: PAGE + 1])


_PAGE: Final = ReadersStatement(_page)


def _moment_and_topic(cursor: Cursor) -> dict[str, Given]:
    """The row that a cursor names. Raises BadCursor."""
    micros, topic = cursor
    if not isinstance(micros, int) or not isinstance(topic, int) or abs(micros) > 2**53 or abs(topic) > 2**53:
        raise BadCursor(str(cursor))
    return {"moment": _EPOCH + timedelta(microseconds=micros), "topic": topic}


def followed_rows(user: Anyone, *levels: Level) -> "QuerySet[TopicActivity]":
    """Topics that this person follows at one of these levels."""
    mine = TopicMember.objects.filter(user=standing_of(user).user_id, level__in=levels)
    return listed_topics(user).filter(topic__in=mine.values("topic"))


def unread_rows(user: Anyone) -> "QuerySet[TopicActivity]":
    """Topics that this person follows and that have something they have not read."""
    mine = TopicMember.objects.filter(
        user=standing_of(user).user_id,
        level__in=FOLLOWED,
        last_read__lt=F("topic__activity__last_post_number"),
    )
    return listed_topics(user).filter(topic__in=mine.values("topic"), topic__archived_at=None)


def new_rows(user: Anyone, *, at: datetime) -> "QuerySet[TopicActivity]":
    """Topics never opened that began after what this person has seen of their category."""
    opened = TopicMember.objects.filter(user=standing_of(user).user_id, topic=OuterRef("topic"), last_read__gt=0)
    rows = listed_topics(user, at=at).filter(topic__created_at__gt=at - NEW_FOR)
    return unmuted(rows.filter(~Exists(opened), topic__created_at__gt=F("seen_until")), user)
