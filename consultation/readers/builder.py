"""The questionnaire of a draft as its builder shows it: every page and question, with when it is asked and where it could go."""

from dataclasses import dataclass

from consultation.models import Page, Question, Version
from consultation.questionnaire import Questionnaire
from consultation.readers.paths import Asked, asked_when

Spot = tuple[int, int]
"""A page's id and a position on it."""


@dataclass(frozen=True, slots=True)
class BuiltQuestion:
    """`up` and `down` are where its buttons lead, over the edge of the page too; None at either end."""

    row: Question
    asked: Asked
    up: Spot | None
    down: Spot | None


@dataclass(frozen=True, slots=True)
class BuiltPage:
    row: Page
    when: str
    questions: list[BuiltQuestion]


def built(version: Version, questionnaire: Questionnaire) -> list[BuiltPage]:
    """`questionnaire` is the version as written. Two statements."""
    rows = list(version.pages.prefetch_related("questions"))
    told = asked_when(questionnaire)
    counts = [len(row.questions.all()) for row in rows]
    found = []
    for index, (row, page) in enumerate(zip(rows, told, strict=True)):
        before = (rows[index - 1].pk, counts[index - 1] + 1) if index else None
        after = (rows[index + 1].pk, 1) if index + 1 < len(rows) else None
        questions = [
            BuiltQuestion(
                question,
                asked,
                (row.pk, question.position - 1) if question.position > 1 else before,
                (row.pk, question.position + 1) if question.position < counts[index] else after,
            )
            for question, asked in zip(row.questions.all(), page.questions, strict=True)
        ]
        found.append(BuiltPage(row, page.when, questions))
    return found
