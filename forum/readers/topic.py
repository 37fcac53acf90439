"""A topic with everything about it that hangs on the reader, in one statement."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, IntegerField, JSONField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.dateparse import parse_datetime

from accounts.models import Block
from accounts.standing import Anyone, standing_of
from forum.models import Draft, Level, Topic, TopicMember, TopicNotice
from forum.permissions import can_keep_from_practice
from forum.readers.personas import Voices, about_the_reader, as_own_persona, officers_with_keys


@dataclass(frozen=True, slots=True)
class TopicPage:
    """The topic; `notices` put on it by rooms above (`kind`, `text`, `url`); how far the reader read and when, how they follow;
    what they were writing; whom they have blocked; and under which names they may write."""

    topic: Topic
    notices: list[dict[str, str]]
    last_read: int
    read_at: datetime | None
    level: str
    bookmark: int | None
    draft: dict[str, Any] | None
    blocked: frozenset[int] = frozenset()
    voices: Voices = field(default_factory=lambda: Voices(""))

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
        .defer("search", "persona__sealed_person")
        .annotate(told=_notices(), mine=_mine(user), draft=_draft(user), blocked=_blocked(user))
        .annotate(persona_of_reader=about_the_reader(user, topic_id), officers=_officers(user))
    )
    topic = topics.filter(pk=topic_id).first()
    if topic is None:
        return None
    mine = topic.mine or {}  # type: ignore[attr-defined]
    persona = as_own_persona(topic.persona_of_reader)  # type: ignore[attr-defined]
    topic.own_persona_id = persona.id if persona else None
    return TopicPage(
        topic=topic,
        notices=topic.told,  # type: ignore[attr-defined]
        last_read=mine.get("last_read") or 0,
        read_at=parse_datetime(mine["read_at"]) if mine.get("read_at") else None,
        level=mine.get("level") or Level.NORMAL,
        bookmark=mine.get("bookmark"),
        draft=topic.draft,  # type: ignore[attr-defined]
        blocked=frozenset(topic.blocked or ()),  # type: ignore[attr-defined]
        voices=Voices(
            str(user),
            persona,
            is_offered=topic.officers >= 2,  # type: ignore[attr-defined]
            may_keep=bool(can_keep_from_practice(user, topic.category)),
        ),
    )


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


def _officers(user: Anyone) -> Any:
    return Value(0, output_field=IntegerField()) if standing_of(user).user_id is None else officers_with_keys()


def _blocked(user: Anyone) -> ArraySubquery | Value:
    """Whom the reader blocked: few, and asked in the same statement."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    return ArraySubquery(Block.objects.filter(user=user_id).order_by("blocked").values("blocked"))
