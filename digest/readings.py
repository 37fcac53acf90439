"""What readers have read on the site already, and need not be told of."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Max

from digest.models import Edition, Item
from forum.models import Post, TopicMember


class Readings:
    """Of an edition's items those about a topic that somebody has read to the last post that the edition knows."""

    def __init__(self, edition: Edition, items: Sequence[Item]) -> None:
        """One statement."""
        topics = {item.object_id: item.pk for item in items if item.kind == "topic"}
        posts = Post.objects.filter(topic__in=list(topics), state=Post.State.PUBLISHED, created_at__lt=edition.ends)
        ends = posts.order_by().values_list("topic").annotate(last=Max("number"))
        self._ends = {topic: (last, topics[topic]) for topic, last in ends}

    def of(self, account_ids: Collection[int | None]) -> dict[int, frozenset[int]]:
        """By account: ids of the items, for those who have read any. One statement."""
        wanted = [account for account in account_ids if account is not None]
        if not wanted or not self._ends:
            return {}
        rows = TopicMember.objects.filter(user__in=wanted, topic__in=list(self._ends), last_read__gt=0)
        read: dict[int, set[int]] = defaultdict(set)
        for account, topic, last_read in rows.values_list("user_id", "topic_id", "last_read"):
            last, item = self._ends[topic]
            if last_read >= last:
                read[account].add(item)
        return {account: frozenset(items) for account, items in read.items()}
