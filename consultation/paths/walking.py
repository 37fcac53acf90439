"""The path of one respondent through a questionnaire: which pages and which questions they are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from consultation.paths.conditions import Known, clauses_of, holds
from consultation.questionnaire import Questionnaire, Sheet
from questions.definitions import Definition, Given, InvalidAnswerError
from questions.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Path:
    """Pages in order, each with only the questions that are asked; a page that asks nothing is not there. A page keeps the number
    it has in the whole questionnaire."""

    sheets: tuple[Sheet, ...]

    @property
    def questions(self) -> tuple[Definition, ...]:
        return tuple(asked for sheet in self.sheets for asked in sheet.questions)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(asked.key for asked in self.questions)

    @property
    def length(self) -> int:
        return len(self.sheets)

    def sheet(self, number: int) -> Sheet | None:
        """The page of that number, where it is asked."""
        return next((sheet for sheet in self.sheets if sheet.number == number), None)

    def place(self, number: int) -> int:
        """How-manieth page of the path it is or would be, from 1."""
        return sum(1 for sheet in self.sheets if sheet.number < number) + 1

    def after(self, number: int) -> int | None:
        """The number of the next page; None after the last."""
        return next((sheet.number for sheet in self.sheets if sheet.number > number), None)

    def before(self, number: int) -> int | None:
        """The number of the page before; None on the first."""
        return next((sheet.number for sheet in reversed(self.sheets) if sheet.number < number), None)

    def nearest(self, number: int) -> int | None:
        """The page itself, else the next one, else the one before; None where nothing is asked."""
        return number if self.sheet(number) else self.after(number) or self.before(number)


def path_of(questionnaire: Questionnaire, given: Mapping[str, Given | None], facts: Mapping[str, str]) -> Path:
    """One pass in order: a condition sees the answers to earlier questions of the path and nothing else, so an answer that fell
    off the path decides nothing. The same answers and facts give the same path."""
    wanted = {clause.key for each in questionnaire.conditions for clause in clauses_of(each) if clause.about == "question"}
    answers: dict[str, Any] = {}
    known, sheets = Known(answers, facts), []
    for sheet in questionnaire.sheets:
        if not holds(sheet.when, known):
            continue
        asked_here = []
        for asked in sheet.questions:
            if not holds(sheet.whens.get(asked.key), known):
                continue
            asked_here.append(asked)
            if asked.key in wanted and (answer := _canonical(asked, given.get(asked.key))) is not None:
                answers[asked.key] = answer
        if asked_here:
            sheets.append(replace(sheet, questions=tuple(asked_here)))
    return Path(tuple(sheets))


def _canonical(asked: Definition, given: Given | None) -> Any:
    try:
        return kind_of(asked).clean(asked, given)
    except InvalidAnswerError:
        return None
