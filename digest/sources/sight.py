"""What readers of one sight may see, asked once for all of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from accounts.standing import Anyone, standing_of
from forum.models import Category, Topic


def by_sight(viewers: Mapping[int, Anyone]) -> list[tuple[Anyone, list[int]]]:
    """One who stands for all, and the users of that sight."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for reader, viewer in viewers.items():
        kinds[standing_of(viewer).sight].append(reader)
    return [(viewers[readers[0]], readers) for readers in kinds.values()]


def seen_topics(viewers: Mapping[int, Anyone], topic_ids: Collection[int]) -> dict[int, set[int]]:
    """By user: which of the topics may be seen now. One statement for each sight."""
    seen: dict[int, set[int]] = {}
    for viewer, readers in by_sight(viewers):
        visible = Topic.objects.visible_to(viewer).filter(pk__in=list(topic_ids), state=Topic.State.PUBLISHED)
        found = set(visible.values_list("pk", flat=True))
        seen |= dict.fromkeys(readers, found)
    return seen


def is_private(category: Category) -> bool:
    """Whether what happens there is named on the site only: a mailbox may be read by others."""
    return category.is_private
