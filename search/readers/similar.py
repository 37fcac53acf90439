"""Topics like one that somebody is about to start."""

from collections.abc import Sequence
from typing import Final

from django.contrib.postgres.search import SearchRank
from django.db.models import F

from accounts.standing import Anyone
from forum.models import Topic
from search.readers.matching import any_of

MOST_SIMILAR: Final = 5
WEIGHED: Final = 500
"""Of a title of common words, so many of the newest topics that share one are weighed."""

FEWEST_WORDS: Final = 3


def similar_topics(user: Anyone, title: str) -> Sequence[Topic]:
    """Up to five topics that this person may know of whose titles share words with this one, the most alike first. One statement;
    none for a title of fewer than three words."""
    query = any_of(title.replace('"', " ").replace("-", " "))
    if query is None or len(title.split()) < FEWEST_WORDS:
        return []
    sharing = Topic.objects.visible_to(user).filter(search=query).order_by("-pk").values("pk")[:WEIGHED]
    alike = Topic.objects.visible_to(user).filter(pk__in=sharing).annotate(alike=SearchRank(F("search"), query))
    return list(alike.select_related("category", "activity").defer("search").order_by("-alike", "-pk")[:MOST_SIMILAR])
