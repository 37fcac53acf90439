"""What others wrote in a reader's own topics."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Block
from accounts.standing import Anyone
from digest.sources.shape import Candidate
from forum.models import Post, Topic
from forum.rendering import author_name, snippet

MOST: Final = 5
QUOTE: Final = 180


class Replies:
    """One thing per topic: how many wrote, and the last of them quoted."""

    def to(
        self, user_ids: Sequence[int], starts: datetime, ends: datetime, *, viewers: Mapping[int, Anyone]
    ) -> Mapping[int, Sequence[Candidate]]:
        """One statement for the posts and one for each kind of reader among them."""
        by_others = Q(author=None) | ~Q(author=F("topic__author"))
        posts = (
            Post.objects.filter(by_others, topic__author__in=list(user_ids), topic__state=Topic.State.PUBLISHED)
            .filter(topic__kept_from=None)
            .filter(~Exists(Block.objects.filter(user=OuterRef("topic__author"), blocked=OuterRef("author"))))
            .filter(state=Post.State.PUBLISHED, kept_from=None, created_at__gte=starts, created_at__lt=ends)
            .select_related("topic__category", "author", "persona")
            .defer("search", "body", "topic__search")
            .order_by("-created_at", "-pk")
        )
        by_topic: dict[int, list[Post]] = defaultdict(list)
        for post in posts:
            by_topic[post.topic_id].append(post)
        sight = _sight(by_topic, viewers)
        told: dict[int, list[Candidate]] = defaultdict(list)
        for topic_id, found in by_topic.items():
            owner = found[0].topic.author_id
            if owner is not None and topic_id in sight[id(viewers[owner])] and len(told[owner]) < MOST:
                told[owner].append(_candidate(found))
        return told


def _sight(topic_ids: Mapping[int, object], viewers: Mapping[int, Anyone]) -> dict[int, set[int]]:
    """By viewer (one for all of a class): which of the topics may be seen now."""
    different = {id(viewer): viewer for viewer in viewers.values()}
    return {
        key: set(
            Topic.objects.visible_to(viewer)
            .filter(pk__in=list(topic_ids), state=Topic.State.PUBLISHED)
            .values_list("pk", flat=True)
        )
        for key, viewer in different.items()
    }


def _candidate(found: Sequence[Post]) -> Candidate:
    last, others = found[0], len({(post.author_id, post.persona_id) for post in found}) - 1
    names = author_name(last) + (f" and {others} {'other' if others == 1 else 'others'}" if others else "")
    return Candidate(
        kind="reply",
        object_id=last.topic_id,
        section="personal",
        title=last.topic.title,
        url=settings.SITE_URL + last.get_absolute_url(),
        facts=f"{names}, in {last.topic.category}",
        why="You began this topic.",
        quote=snippet(last.html, QUOTE),
        quoted_id=last.pk,
        category_id=last.topic.category_id,
    )
