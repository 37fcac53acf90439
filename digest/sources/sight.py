"""What readers of one sight may see, asked once for all of them."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from typing import Final

from django.db import connection

from accounts.standing import Anyone, standing_of
from forum.models import Category, Topic


def by_sight(viewers: Mapping[int, Anyone]) -> list[tuple[Anyone, list[int]]]:
    """One who stands for all, and the users of that sight."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for reader, viewer in viewers.items():
        kinds[standing_of(viewer).sight].append(reader)
    return [(viewers[readers[0]], readers) for readers in kinds.values()]


def seen_topics(viewers: Mapping[int, Anyone], topic_ids: Collection[int]) -> dict[int, set[int]]:
    """By user: which of the topics may be seen now. One statement for the versions of all rows on which that hangs, and one for
    each sight that was not asked since they are as they are: in a run of hundreds of sights, batch after batch asks the same."""
    seen: dict[int, set[int]] = {}
    versions = _versions(topic_ids) if viewers and topic_ids else {}
    for viewer, readers in by_sight(viewers):
        seen |= dict.fromkeys(readers, _seen(viewer, versions))
    return seen


_KNOWN: Final[dict[tuple[str, int], tuple[Hashable, bool]]] = {}
"""Of a sight and a topic: at which versions it was asked, and what the rule said."""
_MOST_KNOWN: Final = 200_000
_VERSIONS: Final = """
SELECT id, ctid::text || xmin::text FROM forum_topic WHERE id = ANY(%(topics)s)
UNION ALL SELECT NULL, string_agg(ctid::text || xmin::text, ' ' ORDER BY id) FROM forum_category
"""


def _versions(topic_ids: Collection[int]) -> dict[int, Hashable]:
    """By topic: names its row as it is now, with all categories."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, {"topics": list(topic_ids)})
        told = dict(cursor.fetchall())
    rooms = told.pop(None)
    return {topic: (version, rooms) for topic, version in told.items()}


def _seen(viewer: Anyone, versions: Mapping[int, Hashable]) -> set[int]:
    sight = standing_of(viewer).sight
    unknown = [topic for topic, version in versions.items() if _KNOWN.get((sight, topic), ("", False))[0] != version]
    if unknown:
        visible = Topic.objects.visible_to(viewer).filter(pk__in=unknown, state=Topic.State.PUBLISHED)
        found = set(visible.values_list("pk", flat=True))
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN.update({(sight, topic): (versions[topic], topic in found) for topic in unknown})
    return {topic for topic, version in versions.items() if _KNOWN.get((sight, topic)) == (version, True)}


def is_private(category: Category) -> bool:
    """Whether what happens there is named on the site only: a mailbox may be read by others."""
    return category.is_private
