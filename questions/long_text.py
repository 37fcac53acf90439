"""An answer in one's own words."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Told
from questions.kind import Kind
from questions.texts import KEPT, tidy, within

LONGEST: Final = 5_000
"""The most that an organiser may allow."""


class LongText(Kind):
    """Canonical form: NFC, lines ended by a line feed, no white space around, no control characters."""

    name = "long_text"
    label = "Long text"
    use = "Members write in their own words. People read it; results only count it."
    template = "questions/_long_text.html"
    missing = "Write your answer"
    most_characters = LONGEST
    usual_characters = 1_500

    def faults(self, asked: Definition) -> list[str]:
        most = self.most_characters
        limit = [] if 0 < asked.longest <= most else [f"Its limit has to be between 1 and {most:,} characters."]
        return [*limit, *super().faults(asked)]

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return tidy(posted.get(asked.name, "")[:KEPT]) or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        if not isinstance(given, str):
            raise InvalidAnswerError(self.missing)
        return within(tidy(given), asked.longest) or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        written = given if isinstance(given, str) else ""
        return {"written": written, "left": asked.longest - len(written)}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return str(answer).split("\n")

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """Only how many: the words themselves are read by people and not published here."""
        return {"n": sum(1 for _ in answers)}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        note = "What members wrote is read by people and is not published here."
        return Told("", note=note) if counts["n"] else NOBODY
