"""Flagged words: pure. Whole words, whatever their case, wherever the line breaks."""

import re
from collections.abc import Iterable


def clean_word(text: str) -> str:
    """As it is kept: lower case, white space folded."""
    return " ".join(text.lower().split())


def first_found(text: str, words: Iterable[str]) -> str:
    """The first of these words that stands in the text as a whole; empty where none does."""
    told = " ".join(text.lower().split())
    return next((word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", told)), "")
