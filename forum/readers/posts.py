"""Posts, as pages, notices and the weekly show them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import JSONField, OuterRef, Q, Subquery, Value
from django.db.models.query import QuerySet

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from common.clock import london_moment
from forum.models import Post, Reaction, Topic
from forum.models.post import PostQuerySet
from forum.readers.polls import with_polls
from forum.readers.seals import Sealed, with_seals
from forum.rendering import author_name, snippet

Choose = Callable[..., PostQuerySet]
"""Some of the posts: `choose(posts, topic=…, **values)`; a function of a module, since a statement is kept for each."""
ON_CARDS = ("html", "standing", "notices")
UNREAD_HERE = ("search", "body", "form_key", "persona__sealed_person")


@dataclass(frozen=True, slots=True)
class PostSnippet:
    """A post in a line: who, in which topic, its first words in plain text."""

    post_id: int
    topic_id: int
    category_id: int
    title: str
    number: int
    author: str
    words: str
    url: str
    at: datetime


def page_posts(topic: Topic, user: Anyone, choose: Choose, **values: int | list[int]) -> list[Post]:
    """Of the posts of a topic that has been found visible those that `choose` picks, with whatever a page draws of them, `said`:
    what the reader said of each, and for who is signed in its `seal`. One statement."""
    return with_topic(_PLACED.rows(user, choose, topic=topic.pk, **_persona(topic), **values), topic)


def page_seals(topic: Topic, user: Anyone, choose: Choose, **values: int | list[int]) -> list[Sealed]:
    """Of the same posts, for who is signed in, what the page shows of them in short. One statement."""
    return [Sealed(*row) for row in _SEALED.tuples(user, choose, topic=topic.pk, **_persona(topic), **values)]


def _persona(topic: Topic) -> dict[str, int]:
    return {} if topic.own_persona_id is None else {"persona": topic.own_persona_id}


def _placed(user: Anyone, choose: Choose, *, persona: int | None = None, **values: int) -> PostQuerySet:
    placed = _with_said(Post.objects.placed_for(user, persona_id=persona), user)
    if standing_of(user).is_signed_in:  # their cards are mostly kept: what only a card shows comes when it is drawn
        placed = with_seals(placed, user, persona).select_related("author", "persona").defer(*UNREAD_HERE, *ON_CARDS)
    else:
        placed = placed.select_related("author__facts", "persona").defer(*UNREAD_HERE)
    return choose(with_polls(placed, user), **values)


def _sealed(user: Anyone, choose: Choose, *, persona: int | None = None, **values: int) -> "QuerySet[Post, Any]":
    placed = with_seals(_with_said(Post.objects.placed_for(user, persona_id=persona), user), user, persona)
    return choose(placed, **values).values_list(*Sealed._fields)


_PLACED: Final = ReadersStatement(_placed)
_SEALED: Final = ReadersStatement(_sealed)


def _with_said(posts: PostQuerySet, user: Anyone) -> PostQuerySet:
    user_id = standing_of(user).user_id
    if user_id is None:
        return posts.annotate(said=Value(None, output_field=JSONField()))
    mine = Reaction.objects.filter(user=user_id, post=OuterRef("pk")).order_by("kind")
    return posts.annotate(said=ArraySubquery(mine.values("kind")))


def with_words(posts: Sequence[Post]) -> Sequence[Post]:
    """Give posts of `page_posts` what only a card shows: their text, and what stands beside the name. One statement, none where
    they have it."""
    lacking = {post.pk: post for post in posts if "html" in post.get_deferred_fields()}
    for found in Post.objects.filter(pk__in=lacking).select_related("author__facts").only(*ON_CARDS, "author"):
        post = lacking[found.pk]
        post.html, post.standing, post.notices, post.author = found.html, found.standing, found.notices, found.author
    return posts


def posts_in_time(topic: Topic, user: Anyone, *, first: int, last: int) -> list[Post]:
    """The posts numbered first to last, as this person may see them. One statement."""
    return page_posts(topic, user, _numbered, first=first, last=last)


def seals_in_time(topic: Topic, user: Anyone, *, first: int, last: int) -> list[Sealed]:
    """The same posts in short. One statement."""
    return page_seals(topic, user, _numbered, first=first, last=last)


def _numbered(posts: PostQuerySet, *, topic: int, first: int, last: int) -> PostQuerySet:
    return posts.filter(topic=topic, number__range=(first, last)).in_time()


def first_placed(topic: Topic, user: Anyone, *, number: int) -> Post | None:
    """The post of this number, or the next above it that has a place on this person's page of the topic: where it stands only.
    One statement."""
    placed = Post.objects.placed_for(user, persona_id=topic.own_persona_id).filter(topic=topic.pk, number__gte=number).in_time()
    return placed.only("number", "parent_number", "depth").first()


def first_on(topic: Topic, user: Anyone, *, day: date) -> Post | None:
    """The first post of that day in London, or of the next on which there is one, where it stands only. One statement, led by the
    index `post_by_date`."""
    placed = Post.objects.placed_for(user, persona_id=topic.own_persona_id).filter(topic=topic.pk)
    placed = placed.filter(created_at__gte=london_moment(day, time(0)))
    return placed.order_by("created_at", "number").only("number", "parent_number", "depth").first()


def seen_alone(user: Anyone) -> list[int]:
    """Ids of the posts that this person may read and others of the very same standing may not: theirs that wait or are kept from
    a practice, and what is in topics of theirs that do. For almost everybody none. One statement; none for a visitor."""
    return [pk for (pk,) in _ALONE.tuples(user)] if standing_of(user).is_signed_in else []


def _alone(user: Anyone) -> "QuerySet[Post, Any]":
    mine = {"author": standing_of(user).user_id}
    waits = Q(state=Post.State.PENDING) | Q(kept_from__isnull=False)
    seen, topics = Post.objects.visible_to(user), Topic.objects.filter(waits, **mine)
    return seen.filter(waits, **mine).values_list("pk").union(seen.filter(topic__in=topics.values("pk")).values_list("pk"))


_ALONE: Final = ReadersStatement(_alone)


def with_topic(posts: Iterable[Post], topic: Topic) -> list[Post]:
    """Give each post the topic in hand, so that no rule asks for it again."""
    found = list(posts)
    for post in found:
        post.topic = topic
    return found


def posts_to_tell_of(user: AbstractBaseUser, ids: Collection[int]) -> Mapping[int, Post]:
    """Of these posts those that this person may read, whose authors they have not blocked, with `parent_author_id`,
    `parent_pk` and what they ask (`with_polls`). One statement."""
    parent = Post.objects.filter(topic=OuterRef("topic"), number=OuterRef("parent_number"))
    posts = (
        Post.objects.visible_to(user)
        .not_from_blocked(user)
        .select_related("topic__category", "author__facts", "persona")
        .defer("search", "topic__search")
        .annotate(parent_author_id=Subquery(parent.values("author_id")[:1]), parent_pk=Subquery(parent.values("pk")[:1]))
    )
    return with_polls(posts, user).in_bulk(list(ids))


def post_snippets(ids: Collection[int], user: Anyone, *, length: int = 240) -> Mapping[int, PostSnippet]:
    """These posts in a line each, as far as this person may read them. One statement."""
    posts = (
        Post.objects.visible_to(user)
        .filter(pk__in=list(ids))
        .select_related("topic", "author", "persona")
        .defer("search", "body", "topic__search")
    )
    return {post.pk: _snippet(post, length) for post in posts}


def _snippet(post: Post, length: int) -> PostSnippet:
    return PostSnippet(
        post_id=post.pk,
        topic_id=post.topic_id,
        category_id=post.topic.category_id,
        title=post.topic.title,
        number=post.number,
        author=author_name(post),
        words=snippet(post.html, length),
        url=post.get_absolute_url(),
        at=post.created_at,
    )
