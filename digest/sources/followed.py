"""What is new in the topics that a reader follows."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.standing import Anyone
from digest.sources.shape import Candidate, Quoted, Told
from digest.sources.sight import is_private, seen_topics
from forum.models import Post, Topic, TopicMember

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class News:
    """How many posts of a topic are new to a reader."""

    reader: int
    topic: int
    fresh: int


class Followed:
    """A topic with how many posts of it are new to the reader. Those that they began are told of as replies; those that the rest
    of the edition tells of are not told twice. How many had nothing new is said, so that silence is not taken for a fault."""

    section = "followed"

    def to(
        self,
        viewers: Mapping[int, Anyone],
        starts: datetime,
        ends: datetime,
        *,
        told: Mapping[int, Quoted],
        at: datetime,
    ) -> Mapping[int, Told]:
        """One statement for the news, one for its topics, one for what its readers follow, and those of `seen_topics`."""
        news: dict[int, list[News]] = defaultdict(list)
        for each in _news(list(viewers), starts, ends):
            news[each.reader].append(each)
        wanted = {each.topic for found in news.values() for each in found}
        topics = Topic.objects.select_related("category").defer("search").in_bulk(wanted) if wanted else {}
        seen, out = seen_topics({reader: viewers[reader] for reader in news}, topics), {}
        for reader, followed in _counts(viewers).items():
            fresh = [each for each in news[reader] if each.topic in seen[reader]]
            new = [(topics[each.topic], each.fresh) for each in fresh if each.topic not in told.get(reader, ())]
            if new or len(fresh) < followed:
                out[reader] = _told(new, fresh=len(fresh), followed=followed)
        return out


def _mine(readers: Collection[int]) -> "QuerySet[TopicMember]":
    rows = TopicMember.objects.filter(user__in=list(readers), level__in=["watching", "tracking"])
    rows = rows.filter(topic__state=Topic.State.PUBLISHED, topic__kept_from=None)
    return rows.filter(Q(topic__author=None) | ~Q(topic__author=F("user")))


def _news(readers: Collection[int], starts: datetime, ends: datetime) -> list[News]:
    """What others wrote then and the reader has not read."""
    posts = Post.objects.filter(topic=OuterRef("topic"), number__gt=OuterRef("last_read"), state=Post.State.PUBLISHED)
    posts = posts.filter(kept_from=None, created_at__gte=starts, created_at__lt=ends)
    posts = posts.filter(Q(author=None) | ~Q(author=OuterRef("user"))).order_by()
    counted = posts.values("topic").annotate(count=Count("pk")).values("count")
    rows = _mine(readers).filter(topic__activity__last_posted_at__gte=starts)
    rows = rows.annotate(fresh=Coalesce(Subquery(counted), 0)).filter(fresh__gt=0)
    return [News(*told) for told in rows.order_by("-fresh", "topic").values_list("user", "topic", "fresh")]


def _counts(viewers: Mapping[int, Anyone]) -> Counter[int]:
    """How many topics each of them follows and may see. One statement, and those of `seen_topics`."""
    followed = list(_mine(viewers).order_by().values_list("user", "topic")) if viewers else []
    seen = seen_topics(viewers, {topic for _, topic in followed})
    return Counter(user for user, topic in followed if topic in seen[user])


def _told(new: Sequence[tuple[Topic, int]], *, fresh: int, followed: int) -> Told:
    named = [(topic, count) for topic, count in new if not is_private(topic.category)]
    shown = [_candidate(topic, count) for topic, count in named[:MOST]]
    return Told(shown, more=len(new) - len(shown), line=_silence(followed - fresh, followed))


def _silence(silent: int, followed: int) -> str:
    """So that silence is not taken for a fault."""
    if silent <= 0:
        return ""
    if silent < followed:
        return f"{silent:,} of your {followed:,} followed topics had nothing new."
    return f"Your {followed:,} followed topics had nothing new." if followed > 1 else "The topic you follow had nothing new."


def _candidate(topic: Topic, count: int) -> Candidate:
    return Candidate(
        kind="followed",
        object_id=topic.pk,
        section="followed",
        title=topic.title,
        url=settings.SITE_URL + topic.get_absolute_url(),
        facts=f"{topic.category}, {count:,} {'post' if count == 1 else 'posts'} new to you",
        why="You follow this topic.",
        category_id=topic.category_id,
    )
