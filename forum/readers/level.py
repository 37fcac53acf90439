"""A topic in conversations: roots, and below them the first replies of each level, one statement a level.

A page holds at most PAGE roots and ROOM replies, however many there are; the rest lies behind “show more replies”. The first
replies of many posts are fetched together by a lateral join, so that a post with 20,000 replies costs what one with three does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from accounts.standing import Anyone
from forum.models import Post, Topic
from forum.models.post import PostQuerySet
from forum.readers.posts import page_posts

PAGE: Final = 20
ROOM: Final = 40
LEVELS: Final = 3

# An array and not a join: it is made once, ahead of everything, whatever the planner believes of the tables.
_FIRST = """
"forum_post"."id" = ANY(ARRAY(
    SELECT child.id FROM unnest(%s::integer[]) AS parent(number) CROSS JOIN LATERAL (
        SELECT id FROM forum_post WHERE topic_id = %s AND parent_number = parent.number AND state <> 'gap'
        ORDER BY number LIMIT %s
    ) child
))
"""


@dataclass(slots=True)
class Branch:
    """A post and the replies that are shown below it; `more`: how many direct replies are not."""

    post: Post
    replies: list["Branch"] = field(default_factory=list)

    @property
    def more(self) -> int:
        counted = sum(reply.post.state != Post.State.PENDING for reply in self.replies)
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


def conversations(topic: Topic, user: Anyone, *, after: int = 0, before: int = 0) -> Conversations:
    """The roots behind number `after`, or the last ones ahead of `before`. At most 1 + LEVELS statements."""
    if before:
        found = page_posts(topic, user, _roots_ahead, before=before)
        there_is_more, shown = len(found) > PAGE, found[:PAGE][::-1]
        branches = _grown(topic, user, shown)
        return Conversations(branches, shown[-1].number if shown else 0, shown[0].number if there_is_more else 0)
    found = page_posts(topic, user, _roots_behind, after=after)
    shown = found[:PAGE]
    branches = _grown(topic, user, shown)
    ahead = shown[0].number if shown and after else 0
    return Conversations(branches, shown[-1].number if len(found) > PAGE else 0, ahead)


def _roots_ahead(posts: PostQuerySet, *, topic: int, before: int) -> PostQuerySet:
    return posts.roots().filter(topic=topic, number__lt=before).order_by("-number")[: PAGE + 1]


def _roots_behind(posts: PostQuerySet, *, topic: int, after: int) -> PostQuerySet:
    return posts.roots().filter(topic=topic, number__gt=after).order_by("number")[: PAGE + 1]


def _answers_behind(posts: PostQuerySet, *, topic: int, parent: int, after: int) -> PostQuerySet:
    return posts.filter(topic=topic, parent_number=parent, number__gt=after).order_by("number")[: PAGE + 1]


def _first_below(posts: PostQuerySet, *, topic: int, parents: list[int], each: int) -> PostQuerySet:
    """Says of which topic only inside the array: said again outside, the planner would read the whole topic."""
    wanted = RawSQL(_FIRST, [parents, topic, each], output_field=BooleanField())  # noqa: S611 - values are parameters
    return posts.filter(wanted).in_time()


def more_replies(topic: Topic, user: Anyone, *, parent_number: int, after: int = 0) -> Conversations:
    """The direct replies to a post behind number `after`, with theirs. At most 1 + LEVELS statements."""
    found = page_posts(topic, user, _answers_behind, parent=parent_number, after=after)
    shown = found[:PAGE]
    return Conversations(_grown(topic, user, shown), shown[-1].number if len(found) > PAGE else 0)


def _grown(topic: Topic, user: Anyone, posts: Sequence[Post]) -> list[Branch]:
    """These posts with their first replies, and theirs, while there is room."""
    branches = [Branch(post) for post in posts]
    level, room = branches, ROOM
    for _ in range(LEVELS):
        answered = [branch for branch in level if branch.post.reply_count][:room]
        if not answered:
            break
        level = _first_replies(topic, user, answered, each=room // len(answered))
        room -= len(level)
        if room <= 0:
            break
    return branches


def _first_replies(topic: Topic, user: Anyone, parents: Sequence[Branch], *, each: int) -> list[Branch]:
    """Hang the first replies, at most `each`, below their parents; returns what was hung. One statement."""
    by_number = {branch.post.number: branch for branch in parents}
    posts = page_posts(topic, user, _first_below, parents=list(by_number), each=max(1, each))
    found = [Branch(post) for post in posts]
    for branch in found:
        by_number[branch.post.parent_number or 0].replies.append(branch)
    return found
