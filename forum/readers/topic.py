"""A topic with everything about it that hangs on the reader, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, JSONField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.dateparse import parse_datetime

from accounts.models import Block
from accounts.standing import Anyone, standing_of
from forum.models import Draft, Level, Topic, TopicMember, TopicNotice
from forum.readers.marks import notes_of, solution_of, tags_of
from forum.rendering import snippet


@dataclass(frozen=True, slots=True)
class TopicPage:
    """The topic; `notices` put on it by rooms above (`kind`, `text`, `url`); how far the reader read and when, how they follow;
    what they were writing; and whom they have blocked. `tags` by `slug` and `name`; `solution`: the accepted answer while it is
    on show (`number`, `words`, `name`); `happened`: what moderators did with the topic, newest first."""

    topic: Topic
    notices: list[dict[str, str]]
    last_read: int
    read_at: datetime | None
    level: str
    bookmark: int | None
    draft: dict[str, Any] | None
    blocked: frozenset[int] = frozenset()
    tags: Sequence[Mapping[str, str]] = ()
    solution: Mapping[str, Any] | None = None
    happened: Sequence[Mapping[str, Any]] = ()

    @property
    def first_unread(self) -> int | None:
        """The number to jump to; None for whoever never read here, and where nothing on show is new."""
        return self.last_read + 1 if 0 < self.last_read < self.topic.activity.last_post_number else None

    @property
    def level_word(self) -> str:
        return str(Level(self.level).label)


def topic_page(user: Anyone, topic_id: int) -> TopicPage | None:
    """The topic if this person may know of it. One statement."""
    topics = (
        Topic.objects.visible_to(user)
        .select_related("category", "author", "persona", "activity", "locked_by")
        .defer("search")
        .annotate(
            told=_notices(),
            mine=_mine(user),
            draft=_draft(user),
            blocked=_blocked(user),
            tags=tags_of("pk"),
            solution=solution_of("pk", "solution_number"),
            happened=notes_of("pk", user),
        )
    )
    topic = topics.filter(pk=topic_id).first()
    if topic is None:
        return None
    mine = topic.mine or {}  # type: ignore[attr-defined]
    return TopicPage(
        topic=topic,
        notices=topic.told,  # type: ignore[attr-defined]
        last_read=mine.get("last_read") or 0,
        read_at=parse_datetime(mine["read_at"]) if mine.get("read_at") else None,
        level=mine.get("level") or Level.NORMAL,
        bookmark=mine.get("bookmark"),
        draft=topic.draft,  # type: ignore[attr-defined]
        blocked=frozenset(topic.blocked or ()),  # type: ignore[attr-defined]
        tags=topic.tags or (),  # type: ignore[attr-defined]
        solution=_in_words(topic.solution),  # type: ignore[attr-defined]
        happened=[{**note, "at": parse_datetime(note["at"])} for note in topic.happened],  # type: ignore[attr-defined]
    )


def _in_words(solution: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return solution and {**solution, "words": snippet(solution["html"])}


def _notices() -> ArraySubquery:
    notices = TopicNotice.objects.filter(topic=OuterRef("pk")).order_by("-at", "-pk")
    return ArraySubquery(notices.values(told=JSONObject(kind="kind", text="text", url="url"))[:5])


def _mine(user: Anyone) -> Subquery | Value:
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    rows = TopicMember.objects.filter(user=user_id, topic=OuterRef("pk"))
    told = JSONObject(last_read="last_read", read_at=F("read_at"), level="level", bookmark="bookmark")
    return Subquery(rows.values(told=told)[:1])


def _draft(user: Anyone) -> Subquery | Value:
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    rows = Draft.objects.filter(user=user_id, key=Concat(Value("reply:"), Cast(OuterRef("pk"), CharField())))
    told = JSONObject(body="body", parent_number="parent_number", sequence="sequence", saved_at="saved_at")
    return Subquery(rows.values(told=told)[:1])


def _blocked(user: Anyone) -> ArraySubquery | Value:
    """Whom the reader blocked: few, and asked in the same statement."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    return ArraySubquery(Block.objects.filter(user=user_id).order_by("blocked").values("blocked"))
