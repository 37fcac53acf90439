"""A topic with everything about it that hangs on the reader, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, F, IntegerField, JSONField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat, JSONObject
from django.db.models.query import QuerySet
from django.utils.dateparse import parse_datetime

from accounts.models import Block
from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from forum.models import Because, Bookmark, CategoryMember, Draft, Level, Topic, TopicMember, TopicNotice
from forum.models.persona import own_tag
from forum.permissions import can_keep_from_practice
from forum.readers.marks import notes_of, solution_of, tags_of
from forum.readers.personas import Voices, about_the_reader, as_own_persona, officers_with_keys
from forum.rendering import gist

MARKS: Final = 500


@dataclass(frozen=True, slots=True)
class TopicPage:
    """The topic; `notices` put on it by rooms above (`kind`, `text`, `url`); how far the reader read and when; how they follow,
    and why, and how they follow its category; what they were writing; whom they have blocked; under which names they may write;
    and the numbers of the posts that they bookmarked, the first MARKS of them. `tags` by `slug` and `name`; `solution`: the
    accepted answer while it is on show (`number`, `words`, `name`); `happened`: what moderators did with the topic, newest
    first."""

    topic: Topic
    notices: list[dict[str, str]]
    last_read: int
    read_at: datetime | None
    level: str
    draft: dict[str, Any] | None
    blocked: frozenset[int] = frozenset()
    voices: Voices = field(default_factory=lambda: Voices(""))
    tags: Sequence[Mapping[str, str]] = ()
    solution: Mapping[str, Any] | None = None
    happened: Sequence[Mapping[str, Any]] = ()
    because: str = ""
    in_category: str = Level.NORMAL
    bookmarks: frozenset[int] = frozenset()

    @property
    def first_unread(self) -> int | None:
        """The number to jump to; None for whoever never read here, and where nothing on show is new."""
        return self.last_read + 1 if 0 < self.last_read < self.topic.activity.last_post_number else None

    @property
    def bookmark(self) -> int | None:
        """The last of the reader's bookmarks here."""
        return max(self.bookmarks, default=None)

    @property
    def why_followed(self) -> str:
        """The reason for the level, in a sentence."""
        if self.because and (self.level != Level.NORMAL or self.because == Because.CHOSEN):
            return str(Because(self.because).label)
        told = {
            Level.WATCHING: "You watch its category.",
            Level.TRACKING: "You track its category.",
            Level.MUTED: "You muted its category.",
        }
        return told.get(Level(self.in_category), "")


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A topic that is being answered; what the reader was writing there, and under which names they may write."""

    topic: Topic
    draft: dict[str, Any] | None
    voices: Voices


def topic_page(user: Anyone, topic_id: int) -> TopicPage | None:
    """The topic if this person may know of it. One statement."""
    topic = _TOPIC.first(user, topic=topic_id, **_tag(user, topic_id))
    if topic is None:
        return None
    mine = topic.mine or {}  # type: ignore[attr-defined]
    voices = _voices(user, topic)
    return TopicPage(
        topic=topic,
        notices=topic.told,  # type: ignore[attr-defined]
        last_read=mine.get("last_read") or 0,
        read_at=parse_datetime(mine["read_at"]) if mine.get("read_at") else None,
        level=mine.get("level") or Level.NORMAL,
        draft=topic.draft,  # type: ignore[attr-defined]
        blocked=frozenset(topic.blocked or ()),  # type: ignore[attr-defined]
        voices=voices,
        tags=topic.tags or (),  # type: ignore[attr-defined]
        solution=_in_words(topic.solution),  # type: ignore[attr-defined]
        because=mine.get("because") or "",
        in_category=topic.in_category or Level.NORMAL,  # type: ignore[attr-defined]
        bookmarks=frozenset(topic.marked or ()),  # type: ignore[attr-defined]
        happened=[{**note, "at": parse_datetime(note["at"])} for note in topic.happened],  # type: ignore[attr-defined]
    )


def topic_to_answer(user: Anyone, topic_id: int) -> ToAnswer | None:
    """The topic if this person may know of it, as far as an answer needs it. One statement, of a third of the work."""
    topic = _TO_ANSWER.first(user, topic=topic_id, **_tag(user, topic_id))
    return None if topic is None else ToAnswer(topic, topic.draft, _voices(user, topic))  # type: ignore[attr-defined]


def _voices(user: Anyone, topic: Topic) -> Voices:
    """Of a topic with `persona_of_reader` and `officers`; it is told which persona is the reader's own."""
    persona = as_own_persona(topic.persona_of_reader)  # type: ignore[attr-defined]
    topic.own_persona_id = persona.id if persona else None
    return Voices(
        str(user),
        persona,
        is_offered=topic.officers >= 2,  # type: ignore[attr-defined]
        may_keep=bool(can_keep_from_practice(user, topic.category)),
    )


def _tag(user: Anyone, topic_id: int) -> dict[str, bytes]:
    user_id = standing_of(user).user_id
    return {} if user_id is None else {"tag": own_tag(topic_id, user_id)}


def _to_answer(user: Anyone, *, topic: int, tag: bytes = b"") -> "QuerySet[Topic]":
    return (
        Topic.objects.visible_or_own(user, topic_id=topic, tag=tag)
        .select_related("category", "persona")
        .defer("search", "persona__sealed_person")
        .annotate(draft=_draft(user), persona_of_reader=about_the_reader(user, tag), officers=_officers(user))
    )


_TO_ANSWER: Final = ReadersStatement(_to_answer)


def _topics(user: Anyone, *, topic: int, tag: bytes = b"") -> "QuerySet[Topic]":
    return (
        _to_answer(user, topic=topic, tag=tag)
        .select_related("category", "persona", "activity")
        .annotate(told=_notices(), mine=_mine(user), blocked=_blocked(user))
        .annotate(in_category=_in_category(user), marked=_bookmarks(user))
        .annotate(tags=tags_of("pk"), solution=solution_of("pk", "solution_number", user), happened=notes_of("pk", user))
    )


_TOPIC: Final = ReadersStatement(_topics)


def _in_words(solution: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return solution and {**solution, "words": gist(solution["html"])}


def _notices() -> ArraySubquery:
    notices = TopicNotice.objects.filter(topic=OuterRef("pk")).order_by("-at", "-pk")
    return ArraySubquery(notices.values(told=JSONObject(kind="kind", text="text", url="url"))[:5])


def _mine(user: Anyone) -> Subquery | Value:
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    rows = TopicMember.objects.filter(user=user_id, topic=OuterRef("pk"))
    told = JSONObject(last_read="last_read", read_at=F("read_at"), level="level", because="because")
    return Subquery(rows.values(told=told)[:1])


def _in_category(user: Anyone) -> Subquery | Value:
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=CharField())
    rows = CategoryMember.objects.filter(user=user_id, category=OuterRef("category"))
    return Subquery(rows.values("level")[:1])


def _bookmarks(user: Anyone) -> ArraySubquery | Value:
    """Through the reader's bookmarks and not through the topic's posts, of which there may be 20,000: the sum keeps the planner,
    who takes every topic for an average one, away from the topic's own indexes."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    there = F("post__topic_id") + Value(0)
    rows = Bookmark.objects.of(user_id).annotate(there=there).filter(there=OuterRef("pk")).newest_first()
    return ArraySubquery(rows.values("post__number")[:MARKS])


def _draft(user: Anyone) -> Subquery | Value:
    """The latest reply here with words or a poll in it; else the empty draft of the topic as a whole, for its sequence."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    name = Concat(Value("reply:"), Cast(OuterRef("pk"), CharField()))
    rows = Draft.objects.filter(Q(key=name) | Q(key__startswith=Concat(name, Value(":"))), user=user_id)
    rank = Case(When(~Q(body="") | Q(poll__isnull=False), then=0), When(key=name, then=1), default=2, output_field=IntegerField())
    told = JSONObject(
        key="key",
        body="body",
        parent_number="parent_number",
        sequence="sequence",
        saved_at="saved_at",
        poll="poll",
        about="about",
    )
    return Subquery(rows.annotate(rank=rank).order_by("rank", "-saved_at", "-pk").values(told=told)[:1])


def _officers(user: Anyone) -> Any:
    return Value(0, output_field=IntegerField()) if standing_of(user).user_id is None else officers_with_keys()


def _blocked(user: Anyone) -> ArraySubquery | Value:
    """Whom the reader blocked: few, and asked in the same statement."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    return ArraySubquery(Block.objects.filter(user=user_id).order_by("blocked").values("blocked"))
