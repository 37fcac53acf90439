"""What is new, for the home page and for the weekly."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db.models import BooleanField, Count, F, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from forum.models import Post, Topic, TopicActivity
from forum.readers.listed import TopicRow, as_row, listed
from forum.readers.topic_list import PINNED, listed_topics, pinned_for, unmuted, unread_rows


def latest_topics(user: Anyone, limit: int) -> list[TopicRow]:
    """The topics last written in that this person may see, in every category, without what they muted. One statement."""
    return [as_row(row) for row in _LATEST.tuples(user, limit)]


def front_topics(user: Anyone, *, unread: int, latest: int, at: datetime) -> tuple[list[TopicRow], list[TopicRow]]:
    """What a front page lists: so many of the topics that this person follows with something unread in them (none for a
    visitor), the latest first; and, of the others, so many as `latest_topics`, led by what is pinned everywhere at this moment
    and they have not opened. One statement for both: a row is drawn up once, whatever brought it here."""
    found = [as_row(row) for row in _FRONT.tuples(user, unread, unread + latest, at=at)]
    mine = [row for row in found if row.topic.waits_for_reader][:unread]
    others = [row for row in found if row not in mine]

    def is_pinned(row: TopicRow) -> bool:
        until = row.topic.pinned_until
        return row.topic.pinned_everywhere and until is not None and until > at and not row.topic.last_read

    first = [replace(row, pinned=True) for row in others if is_pinned(row)]
    return mine, [*first, *(row for row in others if not is_pinned(row))][:latest]


def _latest(user: Anyone, limit: int, *, at: datetime | None = None) -> "QuerySet[TopicActivity]":
    rows = listed_topics(user, at=at).filter(topic__archived_at=None)
    return unmuted(rows, user).order_by("-last_posted_at", "-topic")[:limit]


def _latest_listed(user: Anyone, limit: int) -> "QuerySet[TopicActivity, Any]":
    return listed(_latest(user, limit))


def _front(user: Anyone, unread: int, latest: int, *, at: datetime) -> "QuerySet[TopicActivity, Any]":
    chosen = [pinned_for(user, at=at)[:PINNED], _latest(user, latest, at=at)]
    if standing_of(user).user_id is not None:
        chosen.append(unread_rows(user).order_by("-last_posted_at", "-topic")[:unread])
    return listed(listed_topics(user, at=at).filter(_any_of(*chosen)).order_by("-last_posted_at", "-topic"))


_LATEST: Final = ReadersStatement(_latest_listed)
_FRONT: Final = ReadersStatement(_front)


def _any_of(*chosen: "QuerySet[TopicActivity]") -> RawSQL:
    """In one of these: arrays that are made once, since the planner takes an OR of subqueries for a reason to read the table."""
    told = [rows.values("topic").query.sql_with_params() for rows in chosen]
    arrays = " || ".join(f"ARRAY({sql})" for sql, _ in told)
    values = [value for _, params in told for value in params]
    return RawSQL(f'"forum_topicactivity"."topic_id" = ANY({arrays})', values, output_field=BooleanField())  # noqa: S611


def best_of(category_ids: Collection[int], since: datetime, until: datetime, limit: int) -> Sequence[Topic]:
    """The topics of these categories that moved people most in [since, until): with `posts`, `people`, `reactions` of that time,
    and `weight` = people + half a point a reaction. One statement. Says nothing about who may see them beyond the categories
    given."""
    new = Q(posts__created_at__gte=since, posts__created_at__lt=until, posts__state=Post.State.PUBLISHED)
    thanked = F("posts__agree_count") + F("posts__thanks_count") + F("posts__insightful_count") + F("posts__imported_likes")
    found = (
        Topic.objects.filter(new, category__in=list(category_ids), state=Topic.State.PUBLISHED)
        .filter(activity__last_posted_at__gte=since)  # leads into an index: what slept all the while is not looked at
        .annotate(
            posts_then=Count("posts"),
            people_then=Count("posts__author", distinct=True) + Count("posts__persona", distinct=True),
            reactions_then=Sum(thanked),
        )
        .annotate(weight=F("people_then") + F("reactions_then") * 0.5)
        .select_related("category", "author", "persona")
        .defer("search")
    )
    return list(found.order_by("-weight", "-pk")[:limit])
