"""An answer in one's own words."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from questions.definitions import Canonical, Definition, Given, InvalidAnswerError

LONGEST: Final = 5_000
"""The most that an organiser may allow."""
_KEPT: Final = 50_000
"""What a draft keeps of a text that is far too long."""


class LongText:
    """Canonical form: NFC, lines ended by a line feed, no white space around, no control characters."""

    name = "long_text"
    label = "Long text"
    template = "questions/_long_text.html"
    missing = "Write your answer"

    def faults(self, asked: Definition) -> list[str]:
        return [] if 0 < asked.longest <= LONGEST else [f"Its limit has to be between 1 and {LONGEST:,} characters."]

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return tidy(posted.get(asked.name, "")[:_KEPT]) or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        if not isinstance(given, str):
            raise InvalidAnswerError(self.missing)
        text = tidy(given)
        if len(text) > asked.longest:
            over = len(text) - asked.longest
            raise InvalidAnswerError(f"Shorten your answer by {over:,} character{'' if over == 1 else 's'}")
        return text or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        written = given if isinstance(given, str) else ""
        return {"written": written, "left": asked.longest - len(written)}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return str(answer).split("\n")

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """Only how many: the words themselves are read by people and not published here."""
        return {"n": sum(1 for _ in answers)}


def tidy(text: str) -> str:
    """One spelling for one text. Safe to call twice."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}).strip()
