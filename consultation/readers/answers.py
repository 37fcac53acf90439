"""What a member has answered, for the pages on which they answer."""

from dataclasses import dataclass

from accounts.models import User
from consultation.models import Consultation, Draft, Response, Version
from consultation.questionnaire import Questionnaire, Sheet
from consultation.readers.holders import held_by
from consultation.readers.questionnaires import questionnaire_of
from questions.checking import check
from questions.definitions import Definition, Given, InvalidAnswerError
from questions.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Paper:
    """The questionnaire in one member's hands: `given` holds answers as typed, by question key; out of the draft, or out of
    what was sent where nothing is begun."""

    version: Version
    questionnaire: Questionnaire
    draft: Draft | None
    response: Response | None
    given: dict[str, Given]


@dataclass(frozen=True, slots=True)
class Line:
    """One question with what was answered, in words; `problem` says what to do about it."""

    sheet: Sheet
    asked: Definition
    words: list[str]
    problem: str


def paper_of(user: User, consultation: Consultation) -> Paper:
    """Four statements: version, draft, response, answers."""
    version = Version.objects.filter(consultation=consultation, published_at__isnull=False).latest("number")
    mine = held_by(consultation, user.pk)
    draft = Draft.objects.filter(mine, version=version).first()
    sent = Response.objects.filter(mine, consultation=consultation, is_current=True).first()
    source = draft or sent
    rows = source.answers.values_list("question__key", "value") if source else ()
    return Paper(version, questionnaire_of(version), draft, sent, dict(rows))


def lines_of(paper: Paper) -> list[Line]:
    """Every question in order, as the check page shows it. No statement."""
    return [_line(sheet, asked, paper.given.get(asked.key)) for sheet, asked in paper.questionnaire.placed()]


def _line(sheet: Sheet, asked: Definition, given: Given | None) -> Line:
    try:
        answer = check(asked, given)
    except InvalidAnswerError as problem:
        return Line(sheet, asked, [], str(problem))
    return Line(sheet, asked, [] if answer is None else kind_of(asked).words(asked, answer), "")
