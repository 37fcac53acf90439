"""Topics like one that somebody is about to start."""

from collections.abc import Sequence
from typing import Final

from django.contrib.postgres.search import SearchRank
from django.db.models import F, Q

from accounts.standing import Anyone
from forum.models import Topic
from search.readers.matching import any_of, shared_with, words_in

MOST_SIMILAR: Final = 5
WEIGHED: Final = 500
"""Of a title of common words, so many of the newest topics that share one are weighed."""

FEWEST_WORDS: Final = 3
MANY_WORDS: Final = 4


def similar_topics(user: Anyone, title: str) -> Sequence[Topic]:
    """Up to five topics that this person may know of whose titles share words with this one, the most alike first: of a title of
    many words two, or whatever has one word in common would be offered. One statement; none for a title of fewer than three
    words."""
    words = title.replace('"', " ").replace("-", " ")
    query = any_of(words)
    if query is None or len(title.split()) < FEWEST_WORDS:
        return []
    sharing = Topic.objects.visible_to(user).filter(search=query).order_by("-pk").values("pk")[:WEIGHED]
    alike = Topic.objects.visible_to(user).filter(pk__in=sharing).annotate(alike=SearchRank(F("search"), query))
    alike = alike.annotate(shared=shared_with(words), asked=words_in(words)).filter(Q(shared__gte=2) | Q(asked__lt=MANY_WORDS))
    return list(alike.select_related("category", "activity").defer("search").order_by("-alike", "-pk")[:MOST_SIMILAR])
