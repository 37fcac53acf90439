"""How far one agrees with a statement: five steps, always the same, always in this order."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from questions.definitions import Choice, Definition, Given
from questions.kind import Check, Kind
from questions.single_choice import SingleChoice

STEPS: Final = (
    Choice("strongly_disagree", "Strongly disagree"),
    Choice("disagree", "Disagree"),
    Choice("neither", "Neither agree nor disagree"),
    Choice("agree", "Agree"),
    Choice("strongly_agree", "Strongly agree"),
)


class AgreementScale(SingleChoice):
    """Canonical form: the key of the step. The text of the question is the statement."""

    name = "agreement_scale"
    label = "Agreement with a statement"
    use = "Five steps from “strongly disagree” to “strongly agree”."
    template = "questions/_agreement_scale.html"
    missing = "Say how far you agree"
    unknown = "Choose one of the five steps"
    takes_choices = False
    fixed_choices: ClassVar[tuple[Choice, ...]] = STEPS
    settings: ClassVar[Mapping[str, Check]] = {}

    def faults(self, asked: Definition) -> list[str]:
        right = set(asked.keys) == {step.key for step in STEPS} and len(asked.keys) == 5
        return [*([] if right else ["It needs the five steps of agreement."]), *Kind.faults(self, asked)]

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        return {"chosen": given, "steps": STEPS}
