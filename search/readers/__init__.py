"""Finding: what the reader may see and nothing else, also in counts and in what is offered instead."""

from search.readers.similar import similar_topics
from search.readers.spelling import did_you_mean

__all__ = ["did_you_mean", "similar_topics"]
