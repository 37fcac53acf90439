"""How far one agrees with a statement: five steps, always the same, always in this order."""

from typing import Any, Final

from questions.definitions import Choice, Definition, Given
from questions.single_choice import SingleChoice

STEPS: Final = (
    Choice("strongly_disagree", "Strongly disagree"),
    Choice("disagree", "Disagree"),
    Choice("neither", "Neither agree nor disagree"),
    Choice("agree", "Agree"),
    Choice("strongly_agree", "Strongly agree"),
)
_KEYS: Final = {step.key for step in STEPS}


class AgreementScale(SingleChoice):
    """Canonical form: the key of the step. The text of the question is the statement."""

    name = "agreement_scale"
    label = "Agreement with a statement"
    template = "questions/_agreement_scale.html"
    missing = "Say how far you agree"
    unknown = "Choose one of the five steps"

    def faults(self, asked: Definition) -> list[str]:
        return [] if set(asked.keys) == _KEYS and len(asked.keys) == 5 else ["It needs the five steps of agreement."]

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        return {"chosen": given, "steps": STEPS}
