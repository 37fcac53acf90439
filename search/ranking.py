"""How matches are put in order: pure. The database computes the same (`readers/matching.py`; a test holds them equal).

    score = text × (1 + freshness) × (1 + standing)

text        ts_rank of the post, divided by 1 + log of its length; of the first post also four times that of the topic's title
freshness   1 today, ½ after a year, ⅓ after two: 1 / (1 + days / 365)
standing    what others made of it: ½ for an accepted answer, and 0.1 × ln(1 + thanks and insights), at most ½

Who wrote it counts for nothing: a newcomer's answer and a director's stand as what they say deserves, and a pseudonym's
post cannot be told by its place.
"""

from math import log
from typing import Final

TITLE_WEIGHT: Final = 4.0
FRESH_DAYS: Final = 365.0
ACCEPTED: Final = 0.5
THANKED: Final = 0.1
MOST_THANKED: Final = 0.5
SCALE: Final = 1_000_000
"""Scores are whole numbers, so that a page's address can name one exactly."""


def freshness(days: float) -> float:
    return 1.0 / (1.0 + max(0.0, days) / FRESH_DAYS)


def standing(*, accepted: bool, thanked: int) -> float:
    return ACCEPTED * accepted + min(MOST_THANKED, THANKED * log(1 + thanked))


def score(text: float, *, days: float, accepted: bool, thanked: int) -> int:
    """`text`: what the words are worth; `days`: whole days since it was written."""
    return round(text * (1 + freshness(days)) * (1 + standing(accepted=accepted, thanked=thanked)) * SCALE)
