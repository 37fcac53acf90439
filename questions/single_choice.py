"""One out of several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from questions.definitions import Canonical, Definition, Given, InvalidAnswerError


class SingleChoice:
    """Canonical form: the key of the choice."""

    name = "single_choice"
    label = "One choice"
    template = "questions/_single_choice.html"
    missing = "Choose one of the answers"
    unknown = "Choose one of the answers shown"

    def faults(self, asked: Definition) -> list[str]:
        faults = []
        if len(asked.choices) < 2:
            faults.append("It needs at least two choices.")
        if len(set(asked.keys)) < len(asked.keys):
            faults.append("Two of its choices have the same key.")
        if len({label.casefold() for label in asked.labels.values()}) < len(set(asked.keys)):
            faults.append("Two of its choices read the same.")
        return faults

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return posted.get(asked.name) or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if not given:
            return None
        if not isinstance(given, str) or given not in asked.keys:
            raise InvalidAnswerError(self.unknown)
        return given

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        return {"chosen": given}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return [asked.labels[str(answer)]]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, how many] in the order asked; they add up to `n`."""
        counted = Counter(map(str, answers))
        return {
            "n": counted.total(),
            "choices": [[choice.key, choice.label, choice.letter, counted[choice.key]] for choice in asked.choices],
        }
