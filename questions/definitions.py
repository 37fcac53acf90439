"""What is asked: a question as plain values, wherever it is stored."""

from dataclasses import dataclass
from typing import TypeAlias

Canonical: TypeAlias = str | list[list[str]]
"""An answer in its one spelling, as JSON can hold it. What was left unanswered is None and never stored."""

Given: TypeAlias = str | list[list[str]] | dict[str, object]
"""An answer as typed: perhaps too long, perhaps contradictory, kept so that nobody types twice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` is what is stored. `letter` is the option's letter where the choices are options, `note` a line below the label."""

    key: str
    label: str
    letter: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """One question. `kind` names its type; `longest` is the limit of a text in characters, 0 where there is no text."""

    key: str
    kind: str
    text: str
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    longest: int = 0

    @property
    def name(self) -> str:
        """The name of its control in a form."""
        return f"q-{self.key}"

    @property
    def anchor(self) -> str:
        """The id of its group on a page."""
        return f"question-{self.key}"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(choice.key for choice in self.choices)

    @property
    def labels(self) -> dict[str, str]:
        return {choice.key: choice.label for choice in self.choices}


class InvalidAnswerError(ValueError):
    """The answer cannot be taken. `str()` says to the reader what to do."""
