"""The best of the week's debate."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Q

from accounts.standing import Anyone
from common.moments import in_words
from digest.choosing import MOST
from digest.ranking import rank_of_debate
from digest.sources.shape import Candidate
from digest.words import span_words
from forum.models import Category, Post, Topic
from forum.readers import best_of
from forum.rendering import gist

QUOTE: Final = 180


class Topics:
    """A topic with the post that moved most people in it. Old threads that woke up count as much as new ones."""

    kind = "topic"
    by_the_clock = False

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """The best of each category: whoever chose one gets its best, whoever chose none the best of all. A consultation's topic
        counts once somebody has written in it. One statement a category and one for the quotations."""
        found: list[Topic] = []
        for category in Category.objects.in_order():
            found += _best(category.pk, starts, ends)
        return self._told(found, starts, ends)

    def of_category(self, category_id: int, starts: datetime, ends: datetime) -> Sequence[Candidate]:
        """The best of one category, for its daily. Two statements."""
        return self._told(_best(category_id, starts, ends), starts, ends)

    def _told(self, found: Sequence[Topic], starts: datetime, ends: datetime) -> Sequence[Candidate]:
        quotes = _quotes([topic.pk for topic in found], starts, ends)
        told = [topic for topic in found if topic.pk in quotes]
        span = span_words(starts, ends)
        return [_candidate(topic, quotes[topic.pk], _why(topic, starts, span), span) for topic in told]

    def named(self, object_ids: Collection[int], *, at: datetime) -> Sequence[Candidate]:
        """Two statements."""
        written = Count("posts", filter=Q(posts__state=Post.State.PUBLISHED, posts__created_at__lt=at))
        topics = Topic.objects.filter(pk__in=object_ids, state=Topic.State.PUBLISHED, created_at__lt=at, kept_from=None)
        topics = topics.annotate(posts_so_far=written).select_related("category").defer("search")
        quotes = _quotes(object_ids, None, at)
        return [_candidate(topic, quotes.get(topic.pk), "Picked by the editor.") for topic in topics]

    def visible(self, quoted: Mapping[int, int | None], reader: Anyone) -> set[int]:
        """Published only: what a moderator or its author alone sees is not for a mail."""
        seen = Topic.objects.visible_to(reader).filter(pk__in=quoted, state=Topic.State.PUBLISHED)
        topics = set(seen.values_list("pk", flat=True))
        wanted = {post_id for topic_id, post_id in quoted.items() if post_id and topic_id in topics}
        posts = Post.objects.visible_to(reader).filter(pk__in=wanted, state=Post.State.PUBLISHED)
        words = set(posts.values_list("pk", flat=True))
        return {topic_id for topic_id in topics if quoted[topic_id] is None or quoted[topic_id] in words}


def _best(category_id: int, starts: datetime, ends: datetime) -> list[Topic]:
    best = best_of([category_id], starts, ends, MOST["topics"])
    return [topic for topic in best if topic.kept_from is None]  # who reads an edition is asked by kinds of readers


def _quotes(topic_ids: Collection[int], starts: datetime | None, ends: datetime) -> dict[int, Post]:
    """For each topic the post of that time that most people thanked for; of equals the first. The opening post of a
    consultation's debate is nobody's own word and is not quoted. One statement."""
    thanks = F("agree_count") + F("thanks_count") + F("insightful_count") + F("imported_likes")
    posts = Post.objects.filter(topic__in=list(topic_ids), state=Post.State.PUBLISHED, kept_from=None, created_at__lt=ends)
    posts = posts.exclude(topic__kind=Topic.Kind.CONSULTATION, number=1)
    if starts is not None:
        posts = posts.filter(created_at__gte=starts)
    best = posts.annotate(thanked=thanks).order_by("topic", "-thanked", "number").distinct("topic").defer("search", "body")
    return {post.topic_id: post for post in best}


def _candidate(topic: Topic, quoted: Post | None, why: str, span: str = "") -> Candidate:
    rank = rank_of_debate(people=getattr(topic, "people_then", 0), reactions=getattr(topic, "reactions_then", 0) or 0)
    return Candidate(
        kind="topic",
        object_id=topic.pk,
        section="topics",
        title=topic.title,
        url=settings.SITE_URL + (quoted or topic).get_absolute_url(),
        facts=_facts(topic, span),
        why=why,
        quote=gist(quoted.html, QUOTE) if quoted else "",
        quoted_id=quoted.pk if quoted else None,
        category_id=topic.category_id,
        is_public=topic.category.is_public,
        weight=rank.points,
        rank=rank.words if span else "",
    )


def _why(topic: Topic, starts: datetime, span: str) -> str:
    if topic.created_at >= starts:
        return f"New {span}."
    return f"Begun on {in_words(topic.created_at, now=topic.created_at, style='day')}, and busy again."


def _facts(topic: Topic, span: str) -> str:
    so_far = getattr(topic, "posts_so_far", None)
    if so_far is not None:
        return f"{topic.category}, {_count(so_far, 'post', 'posts')} so far"
    posts, people = getattr(topic, "posts_then", 0), getattr(topic, "people_then", 0)
    return f"{topic.category}, {_count(posts, 'post', 'posts')} by {_count(people, 'person', 'people')} {span}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
