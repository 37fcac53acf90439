"""Topics of every category in one list: the latest, the new, what one follows, and what moved people this week."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Value
from django.db.models.query import QuerySet

from accounts.standing import Anyone
from common.paging import Page
from forum.models import Level, TopicActivity
from forum.readers.categories import readable_category_ids
from forum.readers.latest import best_of
from forum.readers.listed import FOLLOWED, TopicRow, as_row, listed
from forum.readers.topic_list import (
    followed_rows,
    listed_topics,
    new_rows,
    page_by_key,
    unmuted,
    unread_rows,
)

WEEK: Final = timedelta(days=7)
TOP: Final = 20
MOST_COUNTED: Final = 99
OF_MINE: Final = ("unread", "new", "followed")
"""Lists that need a reader with an account; the others are for everybody."""


def list_of_topics(user: Anyone, name: str, *, before: str = "", after: str = "", at: datetime) -> Page[TopicRow]:
    """A page of `latest`, `unread`, `new` or `followed`, by key. One statement. Raises BadCursor."""
    column = "topic__created_at" if name == "new" else "last_posted_at"
    return page_by_key(user, column, _named, name, before=before, after=after, at=at)


def _named(user: Anyone, name: str, *, at: datetime) -> "QuerySet[TopicActivity]":
    if name == "unread":
        return unread_rows(user)
    if name == "followed":
        return followed_rows(user, *FOLLOWED)
    return new_rows(user, at=at) if name == "new" else unmuted(listed_topics(user, at=at), user)


def top_of_the_week(user: Anyone, *, at: datetime) -> list[TopicRow]:
    """The topics that moved people most in the last seven days, where this person may read, without what they muted. Three
    statements, however long the forum is."""
    best = [topic.pk for topic in best_of(readable_category_ids(user), at - WEEK, at, 2 * TOP)]
    found = [as_row(row) for row in listed(unmuted(listed_topics(user, at=at).filter(topic__in=best), user))]
    return sorted(found, key=lambda row: best.index(row.topic.pk))[:TOP]


def tab_counts(user: Anyone, *, at: datetime) -> Mapping[str, str]:
    """How many topics stand on the lists `unread` and `new`: as the page says it, “99+” where there are more. One statement; none
    for a visitor."""
    if not user.is_authenticated:
        return {}
    unread = unread_rows(user).values(name=Value("unread"))[: MOST_COUNTED + 1]
    new = new_rows(user, at=at).values(name=Value("new"))[: MOST_COUNTED + 1]
    found = Counter(row["name"] for row in unread.union(new, all=True))
    return {name: str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+" for name, number in found.items()}


def topics_at_level(user: Anyone, level: Level, *, before: str = "", after: str = "") -> Page[TopicRow]:
    """Topics that this person watches, tracks or muted, the last written in first. One statement. Raises BadCursor."""
    return page_by_key(user, "last_posted_at", followed_rows, level, before=before, after=after)
