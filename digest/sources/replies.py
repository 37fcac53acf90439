"""What others wrote in a reader's own topics, and in answer to what the reader wrote."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Block
from accounts.standing import Anyone
from digest.sources.shape import Candidate, Quoted, Told
from digest.sources.sight import is_private, seen_topics
from forum.models import Post, Topic, TopicMember
from forum.rendering import author_name, gist

MOST: Final = 5
QUOTE: Final = 180


class Replies:
    """One thing per topic: how many wrote, and the last of them quoted, where the rest of the edition does not quote that
    very post. What somebody wrote under a pseudonym is nobody's here: replies to it are told to nobody."""

    section = "personal"

    def to(
        self,
        viewers: Mapping[int, Anyone],
        starts: datetime,
        ends: datetime,
        *,
        told: Mapping[int, Quoted],
        at: datetime,
    ) -> Mapping[int, Told]:
        """Two statements for the posts, and those of `seen_topics`."""
        by_reader: dict[int, dict[int, list[Post]]] = defaultdict(lambda: defaultdict(list))
        why: dict[tuple[int, int], str] = {}
        for reader, post, reason in [*_answers(viewers, starts, ends), *_in_own_topics(viewers, starts, ends)]:
            known = by_reader[reader][post.topic_id]
            if post not in known:
                known.append(post)
            why[reader, post.topic_id] = reason
        seen = seen_topics(
            {reader: viewers[reader] for reader in by_reader}, {pk for found in by_reader.values() for pk in found}
        )
        return {
            reader: _told(
                [(found, why[reader, pk]) for pk, found in topics.items() if pk in seen[reader]],
                quoted=told.get(reader, {}).values(),
            )
            for reader, topics in by_reader.items()
            if seen[reader] & topics.keys()
        }


def _in_own_topics(viewers: Mapping[int, Anyone], starts: datetime, ends: datetime) -> list[tuple[int, Post, str]]:
    owner = F("topic__author")
    found = _written(starts, ends).filter(Q(author=None) | ~Q(author=owner), topic__author__in=list(viewers))
    found = found.filter(~_blocked("topic__author"), ~_done_with("topic__author"))
    return [(post.topic.author_id, post, "You began this topic.") for post in found if post.topic.author_id is not None]


def _answers(viewers: Mapping[int, Anyone], starts: datetime, ends: datetime) -> list[tuple[int, Post, str]]:
    """Of the posts of that time those that answer a post of one of these people directly."""
    parent = Post.objects.filter(topic=OuterRef("topic"), number=OuterRef("parent_number"), state=Post.State.PUBLISHED)
    found = _written(starts, ends).filter(parent_number__isnull=False, topic__activity__last_posted_at__gte=starts)
    found = found.annotate(answered=Subquery(parent.values("author")[:1])).filter(answered__in=list(viewers))
    found = found.filter(Q(author=None) | ~Q(author=F("answered"))).filter(~_blocked("answered"), ~_done_with("answered"))
    return [(post.answered, post, "It answers what you wrote.") for post in found]


def _written(starts: datetime, ends: datetime) -> "QuerySet[Post]":
    return (
        Post.objects.filter(state=Post.State.PUBLISHED, kept_from=None, created_at__gte=starts, created_at__lt=ends)
        .filter(topic__state=Topic.State.PUBLISHED, topic__kept_from=None)
        .select_related("topic__category", "author", "persona")
        .defer("search", "body", "topic__search")
        .order_by("-created_at", "-pk")
    )


def _blocked(reader: str) -> Exists:
    return Exists(Block.objects.filter(user=OuterRef(reader), blocked=OuterRef("author")))


def _done_with(reader: str) -> Exists:
    """Read so far, or wants to hear nothing of this topic."""
    mine = TopicMember.objects.filter(user=OuterRef(reader), topic=OuterRef("topic"))
    return Exists(mine.filter(Q(last_read__gte=OuterRef("number")) | Q(level="muted")))


def _told(topics: Sequence[tuple[Sequence[Post], str]], *, quoted: Collection[int | None]) -> Told:
    newest = sorted(topics, key=lambda each: (each[0][0].created_at, each[0][0].pk), reverse=True)
    named = [(found, why) for found, why in newest if not is_private(found[0].topic.category)]
    shown = [_candidate(found, why, quotes=found[0].pk not in quoted) for found, why in named[:MOST]]
    return Told(shown, more=len(newest) - len(shown))


def _candidate(found: Sequence[Post], why: str, *, quotes: bool) -> Candidate:
    last, others = found[0], len({(post.author_id, post.persona_id) for post in found}) - 1
    names = author_name(last) + (f" and {others} {'other' if others == 1 else 'others'}" if others else "")
    return Candidate(
        kind="reply",
        object_id=last.topic_id,
        section="personal",
        title=last.topic.title,
        url=settings.SITE_URL + last.get_absolute_url(),
        facts=f"{names}, in {last.topic.category}",
        why=why,
        quote=gist(last.html, QUOTE) if quotes else "",
        quoted_id=last.pk,
        category_id=last.topic.category_id,
    )
