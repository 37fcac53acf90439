"""Several out of several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, NamedTuple

from questions.checks import MOST_CHOICES, choice_faults, is_flag, whole_from
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import Bar, Told, bars_of, most_chosen
from questions.kind import Check, Kind
from questions.single_choice import OTHER_LABEL, OTHER_LONGEST
from questions.texts import one_line, typed, within

KNOWN: Final = {"chosen", "other", "ticked", "none"}


class Ticks(NamedTuple):
    """`ticked`: the box “Other”, with or without words; `none`: the box “None of these”."""

    chosen: list[str]
    other: str
    ticked: bool
    none: bool


class SeveralChoices(Kind):
    """Canonical form: the keys chosen, in the order asked; last, where the question allows it, {"other": words}. `[]` is an
    answer too: none of these."""

    name = "several_choices"
    label = "Several choices"
    use = "Members choose as many as you allow."
    template = "questions/_several_choices.html"
    missing = "Choose at least one of the answers"
    unknown = "Choose only what is shown, each once"
    both = "Either choose some, or say none of these: you did both"
    none_label = "None of these"
    takes_choices = True
    settings: ClassVar[Mapping[str, Check]] = {
        "at_least": whole_from(2, MOST_CHOICES),
        "at_most": whole_from(2, MOST_CHOICES),
        "none": is_flag,
        "other": is_flag,
    }

    def faults(self, asked: Definition) -> list[str]:
        faults = [*choice_faults(asked), *super().faults(asked)]
        least, most = asked.whole("at_least"), asked.whole("at_most")
        on_offer = len(asked.choices) + asked.allows("other")
        if least > on_offer:
            faults.append(f"Nobody can choose at least {least} of {on_offer}.")
        if most and least > most:
            faults.append(f"Nobody can choose at least {least} and at most {most}.")
        return faults

    def instruction(self, asked: Definition) -> str:
        least, most = asked.whole("at_least"), asked.whole("at_most")
        if least and least == most:
            return f"Choose exactly {least}."
        if least and most:
            return f"Choose {least} to {most}."
        if least:
            return f"Choose at least {least}."
        return f"Choose up to {most}." if most else "Choose as many as you like."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        told: dict[str, Any] = {
            "chosen": [key for key in asked.keys if posted.get(asked.part(key))],
            "none": self.may_be_none(asked) and bool(posted.get(asked.part(":none"))),
        }
        if asked.allows("other"):
            told |= {"ticked": bool(posted.get(asked.part(":other"))), "other": typed(posted, asked.part(":words"), 2_000)}
        return told if any(told.values()) else None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        ticks = self._as_typed(asked, given)
        if ticks.none:
            if ticks.chosen or ticks.ticked or ticks.other:
                raise InvalidAnswerError(self.both)
            return []
        if ticks.ticked and not ticks.other:
            raise InvalidAnswerError("Say which other")
        other = within(ticks.other, OTHER_LONGEST, what="your other answer")
        number, least, most = len(ticks.chosen) + bool(other), asked.whole("at_least"), asked.whole("at_most")
        if number and number < least:
            raise InvalidAnswerError(f"Choose at least {least}: you chose {number}")
        if most and number > most:
            raise InvalidAnswerError(f"Choose {most} at most: you chose {number}")
        return [*sorted(ticks.chosen, key=asked.keys.index), *([{"other": other}] if other else [])] or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        ticks = self._as_typed(asked, given) if given is not None else Ticks([], "", ticked=False, none=False)
        return {
            "chosen": ticks.chosen,
            "other": ticks.other,
            "ticked": ticks.ticked or bool(ticks.other),
            "none": ticks.none,
            "may_be_none": self.may_be_none(asked),
            "none_label": self.none_label,
            "other_longest": OTHER_LONGEST,
        }

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        parts = answer if isinstance(answer, list) else []
        lines = [f"{OTHER_LABEL}: {part['other']}" if isinstance(part, dict) else asked.labels[part] for part in parts]
        return lines or [self.none_label]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, how many]: together more than `n`, since one answer may name several; `none` and
        `other` how many said so."""
        counted: Counter[str] = Counter()
        n = none = other = 0
        for answer in answers:
            parts = answer if isinstance(answer, list) else []
            n, none = n + 1, none + (not parts)
            other += any(isinstance(part, dict) for part in parts)
            counted.update(part for part in parts if isinstance(part, str))
        rows = [[choice.key, choice.label, choice.letter, counted[choice.key]] for choice in asked.choices]
        return {"n": n, "choices": rows, "none": none, "other": other}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n = counts["n"]
        bars = bars_of(counts, n)
        more = [Bar("Other, in their own words", "", counts["other"], n)] if asked.allows("other") else []
        more += [Bar(self.none_label, "", counts["none"], n)] if self.may_be_none(asked) else []
        note = "One answer may name several, so the shares add up to more than 100%."
        if asked.allows("other"):
            note += " What was written as another answer is read by people and not published here."
        return Told(most_chosen((*bars, *more), n), (*bars, *more), note=note)

    def may_be_none(self, asked: Definition) -> bool:
        return asked.allows("none")

    def _as_typed(self, asked: Definition, given: Given) -> Ticks:
        """Out of a draft's form or the canonical one. Raises InvalidAnswerError."""
        told = given
        if isinstance(given, list):
            others = [part.get("other") for part in given if isinstance(part, dict)]
            if len(others) > 1:
                raise InvalidAnswerError(self.unknown)
            told = {"chosen": [part for part in given if not isinstance(part, dict)], "none": not given}
            told |= {"other": others[0]} if others else {}
        if not isinstance(told, dict) or not set(told) <= KNOWN:
            raise InvalidAnswerError(self.unknown)
        chosen, other = told.get("chosen", []), told.get("other", "")
        if not isinstance(chosen, list) or not all(isinstance(key, str) for key in chosen) or not isinstance(other, str):
            raise InvalidAnswerError(self.unknown)
        ticks = Ticks(chosen, one_line(other), ticked=bool(told.get("ticked")), none=bool(told.get("none")))
        if (
            len(set(chosen)) < len(chosen)
            or not set(chosen) <= set(asked.keys)
            or (ticks.none and not self.may_be_none(asked))
            or ((ticks.ticked or ticks.other) and not asked.allows("other"))
        ):
            raise InvalidAnswerError(self.unknown)
        return ticks
