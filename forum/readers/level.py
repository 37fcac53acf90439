"""A topic in conversations: roots by one statement, and by another the first replies of each level below them.

A page holds at most PAGE posts, as in order of time, roots and replies together; the rest lies behind “show more replies”. Roots
come in order, each with room for LEAST of its replies; what room is left goes to replies in turn, a level after the other. The
first replies of many posts are fetched together by a lateral join, so that a post with 20,000 replies costs what one with three
does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from accounts.standing import Anyone
from forum.models import Post, Topic
from forum.models.post import PostQuerySet
from forum.readers.posts import page_posts, page_seals
from forum.readers.seals import Sealed

PAGE: Final = 20
LEAST: Final = 3
LEVELS: Final = 3

_FIRST = """SELECT child.id, child.number, child.is_answered FROM unnest({parents}) AS parent(number) CROSS JOIN LATERAL (
    SELECT first.*, row_number() OVER (ORDER BY first.number) AS turn FROM (
        SELECT id, number, reply_count > 0 OR answered_aside AS is_answered FROM forum_post
        WHERE topic_id = %s AND parent_number = parent.number AND state <> 'gap' ORDER BY number LIMIT {room}
    ) first
) child ORDER BY child.turn, child.number LIMIT {room}"""
_ANSWERED = "ARRAY(SELECT number FROM {level} WHERE is_answered ORDER BY number LIMIT {room})"


def _below() -> str:
    """The first replies of posts, and theirs, level by level, as long as there is room. An array and not a join: it is made once,
    ahead of everything, whatever the planner believes of the tables."""
    parents, left, levels = "%s::integer[]", "(SELECT of_all FROM room)", ["room AS MATERIALIZED (SELECT %s::integer AS of_all)"]
    for level in range(LEVELS):
        room = f"greatest(0, {left})"
        levels.append(f"level{level} AS MATERIALIZED ({_FIRST.format(parents=parents, room=room)})")
        left += f" - (SELECT count(*) FROM level{level})"  # noqa: S608 - nothing of a request is in it
        parents = _ANSWERED.format(level=f"level{level}", room=f"greatest(0, {left})")
    union = " UNION ALL ".join(f"SELECT id FROM level{level}" for level in range(LEVELS))  # noqa: S608 - as above
    return f'"forum_post"."id" = ANY(ARRAY(WITH {", ".join(levels)} {union}))'


_BELOW: Final = _below()


@dataclass(slots=True)
class Branch:
    """A post and the replies that are shown below it; `more`: how many of those that are counted are not."""

    post: Post
    replies: list["Branch"] = field(default_factory=list)

    @property
    def more(self) -> int:
        counted = sum(reply.post.state != Post.State.PENDING and not reply.post.is_aside for reply in self.replies)
        return max(0, self.post.reply_count - counted)

    @property
    def last_shown(self) -> int:
        return self.replies[-1].post.number if self.replies else 0


@dataclass(frozen=True, slots=True)
class Conversations:
    """Branches in order, and the numbers that lead on: `next_after` and `before` are 0 where there is nothing."""

    branches: list[Branch]
    next_after: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class SealedConversations:
    """The same in short: first the roots, then all that is shown below them."""

    seals: list[Sealed]
    next_after: int = 0
    before: int = 0


def conversations(topic: Topic, user: Anyone, *, after: int = 0, before: int = 0) -> Conversations:
    """The roots behind number `after`, or the last ones ahead of `before`. Two statements at most."""
    shown, next_after, ahead = _roots(page_posts, topic, user, after, before)
    return Conversations(_grown(topic, user, shown), next_after, ahead)


def sealed_conversations(topic: Topic, user: Anyone, *, after: int = 0, before: int = 0) -> SealedConversations:
    """The same posts in short, for who is signed in. Two statements at most."""
    shown, next_after, ahead = _roots(page_seals, topic, user, after, before)
    return SealedConversations([*shown, *_replies(page_seals, topic, user, shown)], next_after, ahead)


def _roots(read: Any, topic: Topic, user: Anyone, after: int, before: int) -> tuple[list[Any], int, int]:
    """Roots by `read` (`page_posts` or `page_seals`), and what leads on and back."""
    if before:
        found = read(topic, user, _roots_ahead, before=before)
        shown = _fitting(found)[::-1]
        return shown, shown[-1].number if shown else 0, shown[0].number if len(found) > len(shown) else 0
    found = read(topic, user, _roots_behind, after=after)
    shown = _fitting(found)
    return shown, shown[-1].number if len(found) > len(shown) else 0, shown[0].number if shown and after else 0


def _fitting(posts: list[Any]) -> list[Any]:
    """As many of them, from the first, as fill a page with LEAST replies to each."""
    weight = 0
    for place, post in enumerate(posts[:PAGE]):
        weight += 1 + min(post.reply_count or post.answered_aside, LEAST)
        if weight > PAGE:
            return posts[:place]
    return posts[:PAGE]


def _roots_ahead(posts: PostQuerySet, *, topic: int, before: int) -> PostQuerySet:
    return posts.roots().filter(topic=topic, number__lt=before).order_by("-number")[: PAGE + 1]


def _roots_behind(posts: PostQuerySet, *, topic: int, after: int) -> PostQuerySet:
    return posts.roots().filter(topic=topic, number__gt=after).order_by("number")[: PAGE + 1]


def _answers_behind(posts: PostQuerySet, *, topic: int, parent: int, after: int) -> PostQuerySet:
    return posts.filter(topic=topic, parent_number=parent, number__gt=after).order_by("number")[: PAGE + 1]


def _first_below(posts: PostQuerySet, *, topic: int, parents: list[int], room: int) -> PostQuerySet:
    """Says of which topic only inside the array: said again outside, the planner would read the whole topic."""
    values = [room, parents, *[topic] * LEVELS]
    wanted = RawSQL(_BELOW, values, output_field=BooleanField())  # noqa: S611 - values are parameters
    return posts.filter(wanted).in_time()


def more_replies(topic: Topic, user: Anyone, *, parent_number: int, after: int = 0) -> Conversations:
    """The direct replies to a post behind number `after`, with theirs. Two statements at most."""
    found = page_posts(topic, user, _answers_behind, parent=parent_number, after=after)
    shown = _fitting(found)
    return Conversations(_grown(topic, user, shown), shown[-1].number if len(found) > len(shown) else 0)


def _grown(topic: Topic, user: Anyone, posts: Sequence[Post]) -> list[Branch]:
    """These posts with their first replies, and theirs, while there is room. One statement at most."""
    branches = [Branch(post) for post in posts]
    by_number = {branch.post.number: branch for branch in branches}
    for post in _replies(page_posts, topic, user, posts):
        by_number[post.number] = branch = Branch(post)
        if post.parent_number in by_number:  # else it answers what this reader may not see
            by_number[post.parent_number].replies.append(branch)
    return branches


def _replies(read: Any, topic: Topic, user: Anyone, posts: Sequence[Any]) -> list[Any]:
    answered, room = [post.number for post in posts if post.reply_count or post.answered_aside], PAGE - len(posts)
    found: list[Any] = read(topic, user, _first_below, parents=answered, room=room) if answered and room else []
    return found
