"""Whichever one could support: as many as one likes, none preferred to another."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from questions.checks import choice_faults
from questions.definitions import Canonical, Definition
from questions.findings import Bar, Told, bars_of, most_chosen
from questions.kind import Check, Kind
from questions.several_choices import SeveralChoices
from tally import count_approvals


class Approval(SeveralChoices):
    """Canonical form: the keys approved of, in the order asked. `[]` is an answer too: approves of none."""

    name = "approval"
    label = "Approval"
    use = "Members tick every choice that they could support; whichever is ticked most stands first."
    missing = "Tick those you could support, or say that you support none"
    both = "Either tick some, or say that you support none: you did both"
    none_label = "I could support none of these"
    settings: ClassVar[Mapping[str, Check]] = {}

    def faults(self, asked: Definition) -> list[str]:
        return [*choice_faults(asked), *Kind.faults(self, asked)]

    def instruction(self, asked: Definition) -> str:
        return "Tick every one that you could support."

    def may_be_none(self, asked: Definition) -> bool:
        return True

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, how many]; `none` how many approve of none; `result` is the finding of `tally`."""
        cast = Counter(frozenset(answer if isinstance(answer, list) else ()) for answer in answers)
        result = count_approvals(asked.keys, cast)
        return {
            "n": cast.total(),
            "choices": [[choice.key, choice.label, choice.letter, int(result.scores[choice.key])] for choice in asked.choices],
            "none": cast[frozenset()],
            "result": {**result.as_dict(), "sentences": list(result.sentences(asked.labels))},
        }

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n = counts["n"]
        bars = bars_of(counts, n)
        note = f"{counts['result']['rule']} One answer may name several, so the shares add up to more than 100%."
        return Told(most_chosen(bars, n, verb="approved of"), (*bars, Bar(self.none_label, "", counts["none"], n)), note=note)
