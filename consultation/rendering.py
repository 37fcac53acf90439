"""A question as a form control: everything that its template needs."""

from dataclasses import dataclass
from typing import Any

from common.markdown import as_html, render
from common.problems import Problem
from consultation.readers.answers import Beside
from questions.definitions import Definition, Given, InvalidAnswerError
from questions.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Control:
    """`values` comes from the question's type. `alone`: the only question on its page, so its text is the page's heading.
    `beside`: what has changed of it since its reader began."""

    asked: Definition
    template: str
    values: dict[str, Any]
    error: str
    alone: bool
    beside: Beside | None = None

    @property
    def problem(self) -> Problem:
        """The line in the summary; it names the question unless that is the only one."""
        return Problem(self.error if self.alone else f"{self.asked.text} {self.error}", self.asked.anchor)


def control_of(
    asked: Definition, given: Given | None, *, error: str = "", alone: bool = False, beside: Beside | None = None
) -> Control:
    """What cannot be shown as it was kept is shown empty."""
    kind = kind_of(asked)
    try:
        values = kind.control(asked, given)
    except InvalidAnswerError:
        values = kind.control(asked, None)
    told = {"instruction": kind.instruction(asked), "passage": as_html(render(asked.passage.words)) if asked.passage else ""}
    return Control(asked, kind.template, values | told, error, alone, beside)
