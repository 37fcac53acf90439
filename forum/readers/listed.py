"""A topic as a list shows it: plain values, as the database brings them. A list has twenty, and twenty topics, authors, personas,
categories and activities made of the same values took longer than asking for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models.query import QuerySet

from common.addresses import Numbered
from common.moments import in_words
from forum.models import Because, Level, Topic, TopicActivity

FOLLOWED: Final = (Level.WATCHING, Level.TRACKING)
_ADDRESS: Final = Numbered("forum:topic", is_slug=True)


class Listed(NamedTuple):
    """A topic, and what the reader has to do with it; in the order of `_COLUMNS`. `notice`: the line that somebody above put on
    it; `mine`: `last_read`, `level` and `because`; `seen_until`: up to when nothing of its category is new to them."""

    pk: int
    slug: str
    title: str
    kind: str
    state: str
    created_at: datetime
    pinned_until: datetime | None
    pinned_everywhere: bool
    locked_at: datetime | None
    archived_at: datetime | None
    solution_number: int | None
    category: str
    author: str | None
    persona: str | None
    reply_count: int
    participant_count: int
    last_post_number: int
    last_posted_at: datetime
    notice: str | None
    mine: Mapping[str, Any] | None
    tags: Sequence[Mapping[str, str]] | None
    seen_until: datetime | None

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_locked(self) -> bool:
        """Nothing can be added: a moderator locked it, or it is archived."""
        return self.locked_at is not None or self.archived_at is not None

    @property
    def is_question(self) -> bool:
        return self.kind == Topic.Kind.QUESTION

    @property
    def last_read(self) -> int:
        """The number up to which the reader read; 0: never opened."""
        return (self.mine and self.mine["last_read"]) or 0

    @property
    def waits_for_reader(self) -> bool:
        """Followed, and something in it not read: one of `topic_list.unread_rows`, told from its row."""
        follows = self.mine is not None and self.mine["level"] in FOLLOWED
        return follows and self.last_read < self.last_post_number and not self.is_archived

    @property
    def url(self) -> str:
        return _ADDRESS.of(self.pk, self.slug)


_OF_TOPIC: Final = (
    *("slug", "title", "kind", "state", "created_at", "pinned_until", "pinned_everywhere", "locked_at", "archived_at"),
    *("solution_number", "category__name", "author__display_name", "persona__label"),
)
_COLUMNS: Final = (
    *("topic", *(f"topic__{name}" for name in _OF_TOPIC)),
    *("reply_count", "participant_count", "last_post_number", "last_posted_at"),
    *("notice", "mine", "tags", "seen_until"),
)


def listed(rows: "QuerySet[TopicActivity, Any]") -> "QuerySet[TopicActivity, Any]":
    """Rows of `topic_list.listed_topics` as values: `Listed(*row)`."""
    return rows.values_list(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One line. `unread` is how many posts the reader has not read, None where nobody counts; `is_new`: never opened and newer
    than what the reader has seen of the category; `is_muted`: by its reader."""

    topic: Listed
    unread: int | None
    is_new: bool
    pinned: bool = False
    is_muted: bool = False

    @property
    def why(self) -> str:
        """The reason why they follow it, in a sentence."""
        because = self.topic.mine and self.topic.mine["because"]
        return str(Because(because).label) if because else ""

    @property
    def facts(self) -> tuple[object, ...]:
        """Everything that the line shows but what hangs on the clock."""
        topic = self.topic
        state = (topic.kind, topic.state, topic.solution_number, topic.archived_at is None, topic.is_locked)
        mine = (self.unread, self.is_new, bool(topic.notice), self.pinned, self.is_muted)
        shown = (topic.title, topic.slug, topic.persona, topic.author, topic.category, topic.reply_count, topic.participant_count)
        return topic.pk, state, mine, shown, repr(topic.tags)

    def shown_at(self, now: datetime) -> tuple[object, ...]:
        """The same with the moment of the last post, as the line says it."""
        last = self.topic.last_posted_at
        return self.facts, last, in_words(last, now=now, style="brief")

    @property
    def stands_out(self) -> bool:
        return bool(self.unread) or self.is_new


def as_row(row: tuple[Any, ...], *, pinned: bool = False) -> TopicRow:
    """A row of `listed` as the page shows it."""
    topic = Listed._make(row)
    level, last_read = topic.mine and topic.mine["level"], topic.last_read
    muted, opened = level == Level.MUTED, last_read > 0
    unread = max(0, topic.last_post_number - last_read) if opened and not muted else None
    fresh = level in FOLLOWED or (topic.seen_until is not None and topic.created_at > topic.seen_until)
    return TopicRow(topic, unread, fresh and not opened and not muted, pinned, muted)
