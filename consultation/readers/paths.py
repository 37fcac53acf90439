"""Paths where members, their facts and the rows come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import TextChoices

from accounts.models import Facts
from accounts.models.facts import Job, ListSize, Nation, Years
from consultation.models import Version
from consultation.paths.checks import Fault, faults_in_paths, subjects_of
from consultation.paths.conditions import clauses_of
from consultation.paths.subjects import Subject, fact_subject, in_words
from consultation.paths.walking import path_of
from consultation.questionnaire import Questionnaire, Sheet
from consultation.readers.questionnaires import questionnaire_of
from consultation.readers.seats import Seat, Writer
from questions.definitions import Definition, Given

_BANDS: Final[Mapping[str, type[TextChoices]]] = {"nation": Nation, "list_size": ListSize, "job": Job, "years": Years}
"""What a condition may ask of a member: banded, and declared by them or brought by the register."""
FACTS: Final[Mapping[str, Subject]] = {
    name: fact_subject(name, Facts.label_of(name), {value: str(label) for value, label in band.choices})
    for name, band in _BANDS.items()
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its number and, in words, when it is asked; empty: whenever its page is."""

    definition: Definition
    number: int
    when: str


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page with, in words, when it is asked; empty: always."""

    sheet: Sheet
    when: str
    questions: list[Asked]

    @property
    def whens(self) -> dict[str, str]:
        """By question key when it is asked, its page's condition and its own in one; empty: always."""
        return {asked.definition.key: ", and ".join(filter(None, (self.when, asked.when))) for asked in self.questions}

    @property
    def hangs(self) -> bool:
        """Whether anything of it is asked of some only."""
        return bool(self.when) or any(asked.when for asked in self.questions)


def facts_of(user: Writer, questionnaire: Questionnaire) -> dict[str, str]:
    """What the conditions may ask of this member, as it stands now. No statement where none of them asks for a fact."""
    used = {clause.key for each in questionnaire.conditions for clause in clauses_of(each) if clause.about == "fact"}
    if isinstance(user, Seat):
        return {name: value for name, value in user.facts.items() if name in used}
    found = Facts.objects.filter(user=user).values(*FACTS).first() if used else None
    return {name: value for name, value in (found or {}).items() if name in used}


def on_path(version: Version, given: Mapping[str, Given | None], *, user: Writer) -> tuple[Definition, ...]:
    """The questions that this member is asked, given these answers: what is sent and counted is the answers to these."""
    questionnaire = asked_of(version, user)
    return path_of(questionnaire, given, facts_of(user, questionnaire)).questions


def asked_of(version: Version, user: Writer) -> Questionnaire:
    """What is asked, of this writer: of what came on paper nothing has to be answered."""
    questionnaire = questionnaire_of(version)
    if not isinstance(user, Seat) or not user.is_lenient:
        return questionnaire
    sheets = (
        replace(sheet, questions=tuple(replace(asked, required=False) for asked in sheet.questions))
        for sheet in questionnaire.sheets
    )
    return replace(questionnaire, sheets=tuple(sheets))


def faults_of(questionnaire: Questionnaire) -> list[Fault]:
    """What keeps these paths from being walked. No statement."""
    return faults_in_paths(questionnaire, FACTS)


def asked_when(questionnaire: Questionnaire) -> list[AskedPage]:
    """Everything that is asked, with when, in words. No statement."""
    subjects, numbers = subjects_of(questionnaire, FACTS), questionnaire.numbers
    return [
        AskedPage(
            sheet,
            in_words(sheet.when, subjects) if sheet.when else "",
            [
                Asked(each, numbers[each.key], in_words(sheet.whens[each.key], subjects) if each.key in sheet.whens else "")
                for each in sheet.questions
            ],
        )
        for sheet in questionnaire.sheets
    ]


@dataclass(frozen=True, slots=True)
class Box:
    """A page on the map, from `top` to `bottom`; in it each of its questions that only some are asked, with its own top."""

    page: AskedPage
    top: int
    bottom: int
    some: list[tuple[Asked, int]]

    @property
    def past(self) -> int:
        """How far the line leads that leads past it."""
        return self.bottom + 10

    @property
    def height(self) -> int:
        return self.bottom - self.top


def boxes_of(pages: Sequence[AskedPage]) -> list[Box]:
    """One below the other; what all are asked stands on its page's two lines alone."""
    found, top = list[Box](), 40
    for page in pages:
        hanging = [asked for asked in page.questions if asked.when]
        some = [(asked, top + 52 + 30 * index) for index, asked in enumerate(hanging)]
        found.append(Box(page, top, top + 44 + (30 * len(some) + 8 if some else 0), some))
        top = found[-1].bottom + 20
    return found
