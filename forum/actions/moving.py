"""What moderators do with whole topics: move, split, merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from common import audit
from common.errors import DomainError
from forum import permissions
from forum.actions.carrying import PostsNotMovable, carry_posts, refuse_what_stays
from forum.actions.errors import TextRefused
from forum.actions.notes import clean_reason, leave_note
from forum.models import Category, Post, Topic, TopicActivity, TopicNote
from forum.requests import reply_key
from forum.texts import clean_title, title_problem, topic_slug
from notifications.events import record_event

_DRAFTS = """
UPDATE forum_draft draft SET key = %(after)s, parent_number = %(parent)s
FROM (
    SELECT DISTINCT ON (user_id) id FROM forum_draft
    WHERE (key = %(before)s OR key LIKE %(before)s || ':%%') AND (title <> '' OR body <> '' OR poll IS NOT NULL)
    ORDER BY user_id, key <> %(before)s, saved_at DESC, id
) told
WHERE draft.id = told.id
AND NOT EXISTS (SELECT 1 FROM forum_draft other WHERE other.user_id = draft.user_id AND other.key = %(after)s)
"""
"""An answer to the topic, or to a post that is no more, with words in it: one a person. What has the new name already stays."""
_TOLD: Final = 20
KEPT: Final = (
    "This topic is kept from a practice. What stands in it would be read by that practice anywhere else: its posts stay together."
)
BOUND = (Topic.Kind.CONSULTATION, Topic.Kind.ARTICLE)
APART: Final = (
    "So this topic cannot become part of another one. Its other posts can be split off and go there; it can be locked, moved to "
    "another category or archived."
)


_OTHERWISE: Final = ("split", "move", "archive")


@dataclass(frozen=True, slots=True)
class Stays:
    """Why posts stay where they are, and what a moderator can do with the topic instead: `decide` about what waits, `split`,
    `move`, `archive`, the first of them first."""

    why: str
    ways: Sequence[str]


class TopicNotMovable(DomainError):
    """This cannot be done with this topic; the sentence says why."""


@transaction.atomic
def move_topic(topic: Topic, *, by: User, category: Category, reason: str, at: datetime) -> Topic:
    """Into another category, where from then on whoever may read there reads it, and nobody else. Its address stays. Moved by who
    keeps order in both places. Raises ReasonMissing, TopicNotMovable, Refused."""
    reason = clean_reason(reason)
    (topic,) = _held(topic)
    _enforce(by, topic.category, category)
    if topic.kept_from is not None and category.is_public:
        raise TopicNotMovable("This topic is kept from a practice, and in an open category nothing can be. Choose another one.")
    if topic.category_id == category.pk:
        raise TopicNotMovable(f"It stands in {category} already.")
    before = topic.category
    topic.category = category
    topic.save(update_fields=["category"])
    TopicActivity.objects.filter(topic=topic).update(category=category)
    leave_note(topic, TopicNote.Kind.MOVED, reason=reason, at=at, category=before)
    audit.record("topic.move", subject=("topic", topic.pk), by=by.pk, at=at, reason=reason, before=before.pk, after=category.pk)
    first = Post.objects.filter(topic=topic, number=1).first()
    if first is not None:
        _tell([first], by=by, at=at, category=category.pk)
    return topic


@transaction.atomic
def split_topic(
    topic: Topic, *, by: User, numbers: Sequence[int], title: str, category: Category, reason: str, at: datetime
) -> Topic:
    """A new topic out of some posts of another, begun by whoever wrote the first of them. Raises TextRefused, ReasonMissing,
    PostsNotMovable, TopicNotMovable, Refused."""
    reason, problem = clean_reason(reason), title_problem(title)
    if problem:
        raise TextRefused(problem)
    (topic,) = _held(topic)
    _enforce(by, topic.category, category)
    posts = refuse_split(topic, numbers=numbers)
    title = clean_title(title)
    made = Topic.objects.create(
        category=category, author_id=posts[0].author_id, title=title, slug=topic_slug(title), created_at=posts[0].created_at
    )
    TopicActivity.objects.create(
        topic=made, category=category, last_posted_at=posts[0].created_at, last_author_id=posts[0].author_id
    )
    carry_posts(posts, topic, made, at=at, reason=reason)
    leave_note(topic, TopicNote.Kind.SPLIT_OFF, reason=reason, at=at, other=made, number=posts[0].number, posts=len(posts))
    leave_note(made, TopicNote.Kind.SPLIT_FROM, reason=reason, at=at, other=topic, number=1, posts=len(posts))
    _audit_and_tell("topic.split", topic, made, posts, by=by, at=at, reason=reason)
    return made


@transaction.atomic
def move_posts(topic: Topic, *, by: User, numbers: Sequence[int], into: Topic, reason: str, at: datetime) -> Topic:
    """Some posts of a topic behind the last one of another that stands. Raises ReasonMissing, PostsNotMovable, TopicNotMovable,
    Refused."""
    reason = clean_reason(reason)
    topic, into = _held(topic, into)
    _enforce(by, topic.category, into.category)
    posts = refuse_split(topic, numbers=numbers, into=into)
    first = carry_posts(posts, topic, into, at=at, reason=reason)
    leave_note(topic, TopicNote.Kind.SPLIT_OFF, reason=reason, at=at, other=into, number=posts[0].number, posts=len(posts))
    leave_note(into, TopicNote.Kind.SPLIT_FROM, reason=reason, at=at, other=topic, number=first, posts=len(posts))
    _audit_and_tell("topic.posts_move", topic, into, posts, by=by, at=at, reason=reason)
    return into


@transaction.atomic
def merge_topics(topic: Topic, *, by: User, into: Topic, reason: str, at: datetime) -> Topic:
    """Every post of a topic behind the last one of another; its address leads there from then on, and so do those that led to
    it. Raises ReasonMissing, PostsNotMovable, TopicNotMovable, Refused."""
    reason = clean_reason(reason)
    topic, into = _held(topic, into)
    _enforce(by, topic.category, into.category)
    stays = why_not_merged(topic)
    if stays is not None:
        raise TopicNotMovable(stays.why)
    posts = list(_standing(topic))
    first = carry_posts(posts, topic, into, at=at, reason=reason)
    topic.state, topic.merged_into, topic.pinned_until, topic.pinned_everywhere = Topic.State.HIDDEN, into, None, False
    topic.save(update_fields=["state", "merged_into", "pinned_until", "pinned_everywhere"])
    Topic.objects.filter(merged_into=topic).update(merged_into=into)
    _carry_other_drafts(topic, into, first)
    leave_note(into, TopicNote.Kind.MERGED, reason=reason, at=at, other=topic, number=first, posts=len(posts))
    _audit_and_tell("topic.merge", topic, into, posts, by=by, at=at, reason=reason)
    return into


def why_not_merged(topic: Topic) -> Stays | None:
    """Why this one cannot be merged into whichever other, and what can be done instead; None where it can. Told before somebody
    asks for it."""
    if topic.kept_from is not None:
        return Stays(KEPT, ("move", "archive"))
    if topic.kind in BOUND:
        return Stays("A consultation or an article leads to this topic: merge the other one into it instead.", _OTHERWISE)
    if topic.state != Topic.State.PUBLISHED:
        why = "This topic is not on show. Decide about it first."
        return Stays(why, ("decide",) if topic.state == Topic.State.PENDING else ())
    held = Q(persona__isnull=False) | Q(state=Post.State.PENDING)
    posts = list(_standing(topic, held)[:_TOLD]) or list(_standing(topic)[:1])
    try:
        refuse_what_stays(posts, instead=APART)
    except PostsNotMovable as problem:
        waits = any(post.state == Post.State.PENDING for post in posts)
        return Stays(str(problem), ("decide", *_OTHERWISE) if waits else _OTHERWISE if posts else ())
    return None


def why_not_split(topic: Topic) -> Stays | None:
    """Why no post of this one can go anywhere, whichever are chosen; None where some may."""
    return Stays(KEPT, ("move", "archive")) if topic.kept_from is not None else None


def refuse_split(topic: Topic, *, numbers: Sequence[int], into: Topic | None = None) -> list[Post]:
    """The posts of these numbers, which may go behind another topic, or make a new one (None). Raises PostsNotMovable where some
    of them have to stay or the first of them cannot begin a topic, TopicNotMovable. Changes nothing."""
    stays = why_not_split(topic) or (why_not_split(into) if into is not None else None)
    if stays is not None:
        raise TopicNotMovable(stays.why)
    posts = _chosen(topic, numbers)
    if into is not None:
        return posts
    if posts[0].state != Post.State.PUBLISHED:
        raise PostsNotMovable(f"#{posts[0].number} is removed. A new topic begins with a post that can be read.")
    if posts[0].kept_from is not None:
        raise PostsNotMovable(
            f"#{posts[0].number} is not for all who read here. A new topic begins with a post that everybody reads."
        )
    return posts


def _carry_other_drafts(topic: Topic, into: Topic, first: int) -> None:
    """Answers to the merged topic as a whole become answers to the other one, or, where the person had begun one there as well,
    to what was its first post. What finds no free name stays as it is, among the person's drafts."""
    places: tuple[tuple[str, int | None], ...] = ((reply_key(into), None), (reply_key(into, first), first))
    with connection.cursor() as cursor:
        for after, parent in places:
            cursor.execute(_DRAFTS, {"before": reply_key(topic), "after": after, "parent": parent})


def _held(*topics: Topic) -> list[Topic]:
    """Their rows, taken in one order by everybody."""
    ids = [topic.pk for topic in topics]
    rows = Topic.objects.select_related("category").select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(ids) > 1 and any(row.kept_from is not None for row in found.values()):
        raise TopicNotMovable(KEPT)
    if len(found) != len(ids):
        raise TopicNotMovable("Choose another topic: this is the one that the posts stand in.")
    if any(row.merged_into_id for row in found.values()):
        raise TopicNotMovable("This topic was merged into another one already.")
    return [found[pk] for pk in ids]


def _enforce(by: User, *categories: Category) -> None:
    for category in categories:
        permissions.can_see_category(by, category).enforce()
        permissions.can_moderate(by, category).enforce()


def _standing(topic: Topic, *such: Q) -> "QuerySet[Post]":
    rows = Post.objects.filter(*such, topic=topic).exclude(state__in=[Post.State.GAP, Post.State.MOVED])
    return rows.defer("body", "html", "search").in_time()


def _chosen(topic: Topic, numbers: Sequence[int]) -> list[Post]:
    """Those of these numbers that stand. The first post stays: a topic without one is merged as a whole."""
    if 1 in numbers:
        raise PostsNotMovable("The first post stays with its topic. To move everything, merge the topic into another one.")
    wanted = set(numbers)
    posts = [post for post in _standing(topic) if post.number in wanted]
    refuse_what_stays(posts)
    return posts


def _audit_and_tell(verb: str, topic: Topic, into: Topic, posts: Sequence[Post], *, by: User, at: datetime, reason: str) -> None:
    audit.record(verb, subject=("topic", topic.pk), by=by.pk, at=at, reason=reason, into=into.pk, posts=len(posts))
    _tell(posts, by=by, at=at)


def _tell(posts: Sequence[Post], *, by: User, at: datetime, **into: int) -> None:
    """Whoever wrote something of it, once each, of the first that is theirs. `into`: the category of a topic moved as a whole."""
    told: set[int] = set()
    for post in posts:
        if post.author_id is not None and post.author_id not in told and post.state == Post.State.PUBLISHED:
            told.add(post.author_id)
            record_event("forum.moved", at=at, by=by.pk, post=post.pk, **into)
