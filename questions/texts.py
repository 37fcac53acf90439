"""One spelling for one text."""

import unicodedata
from collections.abc import Mapping
from typing import Final

from questions.definitions import InvalidAnswerError

KEPT: Final = 50_000
"""What a draft keeps of a text that is far too long."""


def tidy(text: str) -> str:
    """NFC, lines ended by a line feed, no control characters, no white space around. Safe to call twice."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}).strip()


def one_line(text: str) -> str:
    """The same on one line, with single spaces. Safe to call twice."""
    return " ".join(tidy(text).split())


def typed(posted: Mapping[str, str], name: str, most: int = 200) -> str:
    """What stands in a field, as a draft can keep it."""
    return one_line(posted.get(name, "")[:most])


def within(text: str, longest: int, *, what: str = "your answer") -> str:
    """The text. Raises InvalidAnswerError, saying by how much it is too long."""
    if len(text) > longest:
        over = len(text) - longest
        raise InvalidAnswerError(f"Shorten {what} by {over:,} character{'' if over == 1 else 's'}")
    return text
