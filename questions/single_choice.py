"""One out of several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from questions.checks import choice_faults, is_flag
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import Bar, Told, bars_of, most_chosen
from questions.kind import Check, Kind
from questions.texts import one_line, typed, within

OTHER: Final = ":other"
"""The value of the button “Other”: no key has a colon."""
OTHER_LONGEST: Final = 200
OTHER_LABEL: Final = "Other"


class SingleChoice(Kind):
    """Canonical form: the key of the choice, or {"other": words} where the question allows another answer."""

    name = "single_choice"
    label = "One choice"
    use = "Members choose one of several answers."
    template = "questions/_single_choice.html"
    missing = "Choose one of the answers"
    unknown = "Choose one of the answers shown"
    takes_choices = True
    settings: ClassVar[Mapping[str, Check]] = {"other": is_flag}

    def faults(self, asked: Definition) -> list[str]:
        return [*choice_faults(asked), *super().faults(asked)]

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        chosen = typed(posted, asked.name)
        other = typed(posted, asked.part("other"), 2_000) if asked.allows("other") else ""
        return {"chosen": chosen, "other": other} if other or chosen == OTHER else chosen or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if not given:
            return None
        chosen, other = self._as_typed(asked, given)
        if chosen == OTHER or (other and not chosen):
            if not other:
                raise InvalidAnswerError("Say which other")
            return {"other": within(other, OTHER_LONGEST, what="your other answer")}
        if other:
            raise InvalidAnswerError("You chose an answer and wrote another: take one of them away")
        if not chosen:
            return None
        if chosen not in asked.keys:
            raise InvalidAnswerError(self.unknown)
        return chosen

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        chosen, other = self._as_typed(asked, given) if given else ("", "")
        return {"chosen": OTHER if other and not chosen else chosen, "other": other, "other_longest": OTHER_LONGEST}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return [f"{OTHER_LABEL}: {answer['other']}"] if isinstance(answer, dict) else [asked.labels[str(answer)]]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, how many] in the order asked; with `other`, how many wrote another answer, where
        that is allowed, they add up to `n`."""
        counted = Counter(OTHER if isinstance(answer, dict) else str(answer) for answer in answers)
        return {
            "n": counted.total(),
            "choices": [[choice.key, choice.label, choice.letter, counted[choice.key]] for choice in asked.choices],
        } | ({"other": counted[OTHER]} if asked.allows("other") else {})

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n = counts["n"]
        bars = bars_of(counts, n)
        if not asked.allows("other"):
            return Told(most_chosen(bars, n), bars)
        bars = (*bars, Bar("Other, in their own words", "", counts["other"], n))
        note = "What was written as another answer is read by people and not published here."
        return Told(most_chosen(bars, n), bars, note=note)

    def _as_typed(self, asked: Definition, given: Given) -> tuple[str, str]:
        """What is chosen and what is written as another answer. Raises InvalidAnswerError."""
        told = {"chosen": given} if isinstance(given, str) else given
        if not isinstance(told, dict) or not set(told) <= {"chosen", "other"}:
            raise InvalidAnswerError(self.unknown)
        chosen, other = told.get("chosen", ""), told.get("other", "")
        if (
            not isinstance(chosen, str)
            or not isinstance(other, str)
            or (not asked.allows("other") and (other or chosen == OTHER))
        ):
            raise InvalidAnswerError(self.unknown)
        return chosen, one_line(other)
