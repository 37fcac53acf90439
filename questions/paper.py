"""A question on paper: what to do, and the lines to do it on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from common.markdown import as_html, render
from questions.consent import STANCES
from questions.definitions import Choice, Definition
from questions.kinds import kind_of
from questions.matrix import scale_of
from questions.rating import top

BOX: Final = "☐"
RING: Final = "○"
BLANK: Final = "____"


@dataclass(frozen=True, slots=True)
class Line:
    """`mark` is drawn before the label; `steps` behind it, to be ringed."""

    label: str
    letter: str = ""
    mark: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`passage` is the HTML of what the question is about, empty where that is nothing."""

    instruction: str
    lines: tuple[Line, ...] = ()
    passage: str = ""


def on_paper(asked: Definition) -> Paper:
    """As it is printed and read before answering."""
    lines = _LINES.get(asked.kind, _none)(asked)
    passage = as_html(render(asked.passage.words)) if asked.passage else ""
    return Paper(_INSTRUCTIONS.get(asked.kind, "") or kind_of(asked).instruction(asked), lines, passage)


def _marked(mark: str) -> Callable[[Definition], tuple[Line, ...]]:
    return lambda asked: tuple(Line(choice.label, choice.letter, mark) for choice in asked.choices)


def _stepped(*steps: str) -> Callable[[Definition], tuple[Line, ...]]:
    return lambda asked: tuple(Line(choice.label, choice.letter, steps=steps) for choice in asked.choices)


def _with_more(mark: str) -> Callable[[Definition], tuple[Line, ...]]:
    """And another answer, and none of these, where the question has them."""

    def lines(asked: Definition) -> tuple[Line, ...]:
        more = [Line("Other: ____________", mark=mark)] if asked.allows("other") else []
        more += [Line("None of these", mark=mark)] if asked.allows("none") else []
        return (*_marked(mark)(asked), *more)

    return lines


def _approvals(asked: Definition) -> tuple[Line, ...]:
    return (*_marked(BOX)(asked), Line("I could support none of these", mark=BOX))


def _stances(asked: Definition) -> tuple[Line, ...]:
    stances = tuple(stance.label for stance in STANCES)
    return tuple(Line(choice.label, choice.letter, steps=stances) for choice in asked.choices or (Choice("", ""),))


def _rows(asked: Definition) -> tuple[Line, ...]:
    return _stepped(*(step.label for step in scale_of(asked)))(asked)


def _steps(asked: Definition) -> tuple[Line, ...]:
    return (Line("", steps=tuple(str(step) for step in range(1, top(asked) + 1))),)


def _parts(_asked: Definition) -> tuple[Line, ...]:
    return (Line("", steps=("Day ____", "Month ____", "Year ________")),)


def _unit(asked: Definition) -> tuple[Line, ...]:
    return (Line(f"________ {asked.said('unit')}".strip()),)


def _none(_asked: Definition) -> tuple[Line, ...]:
    return ()


_INSTRUCTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "single_choice": "Choose one.",
        "agreement_scale": "Choose one.",
        "statement": "Choose one.",
        "ranking": "Put in order, best first. Two may be level, and you may leave some out.",
    }
)
_LINES: Final[Mapping[str, Callable[[Definition], tuple[Line, ...]]]] = MappingProxyType(
    {
        "single_choice": _with_more(RING),
        "several_choices": _with_more(BOX),
        "approval": _approvals,
        "agreement_scale": _marked(RING),
        "statement": _marked(RING),
        "consent": _stances,
        "ranking": _marked(BLANK),
        "points": _marked(BLANK),
        "score": _stepped("0", "1", "2", "3", "4", "5", "No view"),
        "rating": _steps,
        "matrix": _rows,
        "number": _unit,
        "date": _parts,
    }
)
