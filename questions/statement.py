"""A statement of a member or an organiser to agree or disagree with, or to pass over (as in Polis)."""

from collections.abc import Mapping
from typing import Any, Final

from questions.agreement_scale import AgreementScale
from questions.definitions import Choice, Definition, Given
from questions.findings import NOBODY, Told, answers, bars_of
from questions.kind import Kind

STANCES: Final = (Choice("agree", "Agree"), Choice("disagree", "Disagree"), Choice("pass", "Pass"))


class Statement(AgreementScale):
    """Canonical form: `agree`, `disagree` or `pass`. The text of the question is the statement."""

    name = "statement"
    label = "Statement: agree, disagree or pass"
    use = "Quick to answer; use several, to see which views go together."
    missing = "Agree, disagree, or pass"
    unknown = "Agree, disagree, or pass"
    fixed_choices = STANCES

    def faults(self, asked: Definition) -> list[str]:
        right = set(asked.keys) == {stance.key for stance in STANCES} and len(asked.keys) == 3
        return [*([] if right else ["It needs agree, disagree and pass."]), *Kind.faults(self, asked)]

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        return {"chosen": given, "steps": STANCES}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        if not counts["n"]:
            return NOBODY
        by = {key: part for key, _, _, part in counts["choices"]}
        sentence = f"Of {answers(counts['n'])}, {by['agree']:,} agree, {by['disagree']:,} disagree and {by['pass']:,} pass."
        return Told(sentence, bars_of(counts, counts["n"]))
