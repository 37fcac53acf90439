"""Posts on their way from one topic to another: what changes in the rows, and what goes with them.

Callers hold the rows of both topics and have asked the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from common.doors import open_door
from common.errors import DomainError
from common.markdown import RENDER_VERSION
from forum.actions.counting import count_topic_again
from forum.models import Post, PostMove, Topic
from forum.ranges import write_numbers

_MOVE: Final = """
UPDATE forum_post SET topic_id = %(into)s, number = told.number, parent_number = told.parent, root_number = told.root,
    depth = told.depth, reply_count = told.replies, descendant_count = told.below, moderation_version = moderation_version + 1
FROM unnest(%(ids)s::bigint[], %(numbers)s::int[], %(parents)s::int[], %(roots)s::int[], %(depths)s::int[], %(replies)s::int[],
    %(below)s::int[]) AS told(id, number, parent, root, depth, replies, below)
WHERE forum_post.id = told.id
"""
_EVENTS: Final = """
UPDATE notifications_event event SET data = event.data || jsonb_build_object('topic', %(into)s::bigint, 'number', post.number)
FROM forum_post post
WHERE event.kind LIKE 'forum.%%' AND (event.data ->> 'post')::bigint = ANY(%(ids)s) AND post.id = (event.data ->> 'post')::bigint
"""
_READ_ON: Final = """
UPDATE forum_topicmember mine SET last_read = %(offset)s + told.read
FROM forum_topicmember there,
    LATERAL (SELECT count(*) AS read FROM unnest(%(numbers)s::int[]) number WHERE number <= there.last_read) told
WHERE mine.topic_id = %(into)s AND mine.last_read = %(offset)s AND mine.last_read > 0
    AND there.topic_id = %(before)s AND there.user_id = mine.user_id
"""
_FOLLOW: Final = """
INSERT INTO forum_topicmember (user_id, topic_id, last_read, read_at, level)
SELECT user_id, %(into)s, told.read, CASE WHEN told.read > 0 THEN read_at END, level
FROM forum_topicmember,
    LATERAL (SELECT count(*) AS read FROM unnest(%(numbers)s::int[]) number WHERE %(offset)s = 0 AND number <= last_read) told
WHERE topic_id = %(before)s AND (level <> 'normal' OR told.read > 0)
ON CONFLICT (user_id, topic_id) DO UPDATE SET
    level = CASE WHEN forum_topicmember.level = 'normal' THEN EXCLUDED.level ELSE forum_topicmember.level END
"""
"""Whoever had read all of the one and some of the other has read both so far; whoever never opened the one has not."""

_DRAFTS: Final = """
UPDATE forum_draft draft SET key = 'reply:' || %(into)s || ':' || told.after, parent_number = told.after
FROM unnest(%(numbers)s::int[], %(placed)s::int[]) AS told(before, after)
WHERE draft.key = 'reply:' || %(before)s || ':' || told.before AND NOT EXISTS (
    SELECT 1 FROM forum_draft other
    WHERE other.user_id = draft.user_id AND other.key = 'reply:' || %(into)s || ':' || told.after
)
"""


class PostsNotMovable(DomainError):
    """Something among them has to stay where it is."""


@dataclass(slots=True)
class _Place:
    number: int
    parent: int | None
    root: int
    depth: int
    replies: int = 0
    below: int = 0


def carry_posts(posts: Sequence[Post], before: Topic, into: Topic, *, at: datetime, reason: str) -> int:
    """Put posts of `before`, in the order of their numbers, behind the last one of `into`: who answered whom is kept among them,
    and whoever answers a post that stays behind begins a conversation. Their old numbers say that they moved; their addresses,
    cards, notices, cases, read marks, follows and begun answers go with them. Returns the first new number."""
    first = into.last_number + 1
    places = _placed(posts, first)
    ids = [post.pk for post in posts]
    left = [_left_behind(post, before, at=at, reason=reason) for post in posts]
    _rewrite(posts, places, into)
    Post.objects.bulk_create(left, batch_size=500)
    PostMove.objects.bulk_create(
        [PostMove(topic=before, number=post.number, post_id=post.pk, moved_at=at) for post in posts], batch_size=1000
    )
    into.last_number += len(posts)
    into.save(update_fields=["last_number"])
    if before.solution_number in places:
        before.solution_number = None
        before.save(update_fields=["solution_number"])
    for topic in (before, into):
        count_topic_again(topic.pk)
    told: dict[str, Any] = {
        "into": into.pk,
        "before": before.pk,
        "ids": ids,
        "numbers": [post.number for post in posts],
        "placed": [places[post.number].number for post in posts],
        "offset": first - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, told)
        cursor.execute(_READ_ON, told)
        cursor.execute(_FOLLOW, told)
        cursor.execute(_DRAFTS, told)
    for door in settings.POSTS_MOVED:
        open_door(door)(ids, topic_id=into.pk)
    return first


def refuse_what_stays(posts: Sequence[Post], *, instead: str = "") -> None:
    """Raises PostsNotMovable, saying which, why, and what to do: `instead`, else which of them can go."""
    if not posts:
        raise PostsNotMovable("None of these posts stands here any more.")
    if any(post.persona_id for post in posts):
        numbers = _listed(post.number for post in posts if post.persona_id)
        others = write_numbers(post.number for post in posts if not post.persona_id)
        rest = f"Leave these where they are; the others can go: {others}." if others else "Leave these where they are."
        raise PostsNotMovable(
            f"Written under a pseudonym: {numbers}. A pseudonym belongs to its topic: in another one its author could neither be "
            f"recognised nor held to it. {instead or rest}"
        )
    if any(post.state == Post.State.PENDING for post in posts):
        numbers = _listed(post.number for post in posts if post.state == Post.State.PENDING)
        raise PostsNotMovable(f"Waiting for a moderator: {numbers}. Decide about them first.")


def _listed(numbers: Iterable[int]) -> str:
    some = [f"#{number}" for number in numbers]
    return ", ".join(some[:10]) + (" and more" if len(some) > 10 else "")


def _placed(posts: Sequence[Post], first: int) -> Mapping[int, _Place]:
    """Where each old number goes. Parents stand before their children, so one pass is enough."""
    places: dict[int, _Place] = {}
    by_new: dict[int, _Place] = {}
    for number, post in enumerate(posts, start=first):
        parent = places.get(post.parent_number or 0)
        place = _Place(number, None, number, 0)
        if parent is not None:
            place = _Place(number, parent.number, parent.root, parent.depth + 1)
            parent.replies += post.kept_from is None
            by_new[parent.root].below += post.kept_from is None
        places[post.number] = by_new[number] = place
    return places


def _rewrite(posts: Sequence[Post], places: Mapping[int, _Place], into: Topic) -> None:
    told = [places[post.number] for post in posts]
    values: dict[str, Any] = {
        "into": into.pk,
        "ids": [post.pk for post in posts],
        "numbers": [place.number for place in told],
        "parents": [place.parent for place in told],
        "roots": [place.root for place in told],
        "depths": [place.depth for place in told],
        "replies": [place.replies for place in told],
        "below": [place.below for place in told],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)


def _left_behind(post: Post, before: Topic, *, at: datetime, reason: str) -> Post:
    """The line that keeps the old number, and the place in its conversation: nothing is counted anew around it."""
    return Post(
        topic=before,
        number=post.number,
        parent_number=post.parent_number,
        root_number=post.root_number,
        depth=post.depth,
        lost_parent_number=post.lost_parent_number,
        render_version=RENDER_VERSION,
        state=Post.State.MOVED,
        removed_at=at,
        removal_reason=reason,
        reply_count=post.reply_count,
        descendant_count=post.descendant_count,
        answered_aside=post.answered_aside,
        kept_from=post.kept_from,
        created_at=post.created_at,
    )
