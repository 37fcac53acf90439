"""What a member has answered, for the pages on which they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from consultation.carrying import fits
from consultation.changes import Change, Changes
from consultation.models import Consultation, Draft, Response, Version
from consultation.models.option import FACTS as OPTION_FACTS
from consultation.paths.walking import Path, path_of
from consultation.questionnaire import Questionnaire, Sheet, digest
from consultation.readers.ballots import Begun
from consultation.readers.paths import FACTS, asked_of, facts_of
from consultation.readers.questionnaires import questionnaire_of, version_asked
from consultation.readers.seats import Writer, theirs, version_before
from consultation.readers.versions import changes_of
from questions.checking import check
from questions.definitions import Definition, Given, InvalidAnswerError
from questions.kinds import kind_of


@dataclass(frozen=True, slots=True)
class SetAside:
    """An answer to a question as an earlier version asked it, in words."""

    asked: Definition
    words: list[str]


@dataclass(frozen=True, slots=True)
class Beside:
    """How a question was changed since somebody began, and what they had answered that does not fit it any more."""

    change: Change | None
    aside: SetAside | None


NO_CHANGES: Final = Changes()


@dataclass(frozen=True, slots=True)
class Paper:
    """The questionnaire in one member's hands: `given` holds answers as typed, by question key; out of the draft, or out of
    what was sent where nothing is begun. `path` is what this member is asked, as far as their answers and facts go by now.
    `since`: what was changed since they began; `aside`: what they answered to a question as it was, and does not fit it as
    it is, or to one that is not asked any more."""

    version: Version
    questionnaire: Questionnaire
    draft: Draft | Begun | None
    response: Response | None
    given: dict[str, Given]
    path: Path
    since: Changes = NO_CHANGES
    aside: Mapping[str, SetAside] = field(default_factory=dict)

    def beside(self, key: str) -> "Beside | None":
        """What its reader has to know of one question beyond what it asks."""
        change, aside = self.since.by_question.get(key), self.aside.get(key)
        return Beside(change, aside) if change or aside else None

    @property
    def misfits(self) -> dict[str, SetAside]:
        """What was answered to a question that is still asked, and does not fit it any more."""
        return {key: told for key, told in self.aside.items() if key in self.questionnaire.numbers}

    @property
    def not_asked_any_more(self) -> list[SetAside]:
        return [told for key, told in self.aside.items() if key not in self.questionnaire.numbers]

    @property
    def is_asked_to_confirm(self) -> bool:
        """What was sent answers the questions as they were before a material change. A statement where it was sent under an
        earlier version."""
        sent = self.response
        return sent is not None and sent.version_id != self.version.pk and sent.version.number < self.version.counts_from


@dataclass(frozen=True, slots=True)
class Line:
    """One question with what was answered, in words; `problem` says what to do about it."""

    sheet: Sheet
    asked: Definition
    words: list[str]
    problem: str


def paper_of(user: Writer, consultation: Consultation) -> Paper:
    """Four statements: version, draft, response, answers; one more where a condition asks for a fact, and one where it was begun
    or sent under an earlier version."""
    version = version_before(consultation, user)
    mine = theirs(consultation, user)
    draft = Draft.objects.filter(mine, version=version).first()
    sent = Response.objects.filter(mine, consultation=consultation, is_current=True).first()
    source = draft or sent
    rows = list(source.answers.values_list("question__key", "value", "question__version")) if source else []
    begun = (draft.begun_under_id if draft else sent.version_id if sent else None) or version.pk
    if begun == version.pk:
        return paper_with(version, draft, sent, {key: value for key, value, _ in rows}, user=user)
    return _paper_since(version, draft, sent, rows, begun, user=user)


def _paper_since(
    version: Version,
    draft: Draft | None,
    sent: Response | None,
    rows: Sequence[tuple[str, Given, int]],
    begun: int,
    *,
    user: Writer,
) -> Paper:
    """One that was begun, or sent, under the version `begun`. Out of the draft what fits stands with the questions of now
    already; out of what was sent it is told apart here."""
    earlier = Version.objects.filter(pk__in={begun, *(row[2] for row in rows)}).exclude(pk=version.pk).order_by("number")
    asked = {each.pk: {one.key: one for one in questionnaire_of(each).questions} for each in earlier}
    before = next(each for each in earlier if each.pk == begun)
    now = {one.key: one for one in questionnaire_of(version).questions}
    given: dict[str, Given] = {}
    aside: dict[str, SetAside] = {}
    for key, value, stands_in in sorted(rows, key=lambda row: row[2]):
        was = asked[stands_in][key] if stands_in in asked else None
        stays = was is None or (draft is None and key in now and fits(value, asked_before=was, asked_now=now[key]))
        if stays:
            given[key] = value
        elif was is not None:
            aside[key] = SetAside(was, words_of(was, value))
    paper = paper_with(version, draft, sent, given, user=user)
    return replace(paper, since=changes_of(version, before), aside=aside)


def sealed_paper_of(user: Writer, consultation: Consultation, begun: Begun | None) -> Paper:
    """In a detached consultation, with what was begun in this browser. One statement."""
    version = version_asked(consultation.pk)
    return paper_with(version, begun, None, begun.given if begun else {}, user=user)


def paper_with(
    version: Version, draft: Draft | Begun | None, sent: Response | None, given: dict[str, Given], *, user: Writer
) -> Paper:
    """Of what was read already."""
    questionnaire = asked_of(version, user)
    path = path_of(questionnaire, given, facts_of(user, questionnaire))
    return Paper(version, questionnaire, draft, sent, given, path)


def paper_after(paper: Paper, answers: Mapping[str, Given | None], *, user: Writer) -> Paper:
    """The paper once these answers are kept; a statement only where a condition asks for a fact."""
    given = {key: value for key, value in {**paper.given, **answers}.items() if value is not None}
    after = paper_with(paper.version, paper.draft, paper.response, given, user=user)
    return replace(after, since=paper.since, aside=paper.aside)


def as_sent(paper: Paper, user: Writer) -> Paper:
    """What was sent, along the path as it then was: the facts are those of the response. With a confidential one not all of
    them are kept: there they are the member's own as they stand now. One statement, there perhaps two; one more where it
    was sent under an earlier version."""
    response = paper.response
    assert response is not None
    version = paper.version if response.version_id == paper.version.pk else response.version
    questionnaire = questionnaire_of(version)
    given = dict(response.answers.values_list("question__key", "value"))
    kept = {name: getattr(response, name) for name in FACTS}
    facts = kept if response.user_id is not None else facts_of(user, questionnaire)
    return Paper(version, questionnaire, None, response, given, path_of(questionnaire, given, facts))


def facts_side_by_side(questionnaire: Questionnaire, sheet: Sheet) -> list[tuple[dict[str, str], list[tuple[str, str]]]]:
    """Each option with those facts that any of them has, as they stood at the opening, where the page asks about the options
    and there is any; else nothing. No statement."""
    told = [name for name in OPTION_FACTS if any(option[name] for option in questionnaire.options)]
    if not told or not any(choice.letter for asked in sheet.questions for choice in asked.choices):
        return []
    return [(option, [(OPTION_FACTS[name], option[name]) for name in told]) for option in questionnaire.options]


def mark_of(asked: Definition, given: Given | None) -> str:
    """A short name for an answer, by which two are told to be the same: of its one spelling where it has one, else as typed."""
    try:
        answer: object = kind_of(asked).clean(asked, given)
    except InvalidAnswerError:
        answer = ["as typed", given]
    return "none" if answer is None else digest({"answer": answer})[:12]


def words_of(asked: Definition, given: Given | None) -> list[str]:
    """An answer in a draft as a person reads it, whether or not it could be sent."""
    if given is None:
        return ["Not answered"]
    try:
        answer = kind_of(asked).clean(asked, given)
    except InvalidAnswerError:
        return str(given).split("\n") if isinstance(given, str) else ["An answer that is not finished"]
    return ["Not answered"] if answer is None else kind_of(asked).words(asked, answer)


def lines_of(paper: Paper) -> list[Line]:
    """Every question of the path in order, as the check page shows it. No statement."""
    return [_line(sheet, asked, paper.given.get(asked.key)) for sheet in paper.path.sheets for asked in sheet.questions]


def fallen_away(paper: Paper) -> list[Line]:
    """What was answered and is no longer asked: kept in the draft, not sent. No statement."""
    off = ((sheet, asked) for sheet, asked in paper.questionnaire.placed() if asked.key not in paper.path.keys)
    return [_line(sheet, asked, paper.given[asked.key]) for sheet, asked in off if asked.key in paper.given]


def _line(sheet: Sheet, asked: Definition, given: Given | None) -> Line:
    try:
        answer = check(asked, given)
    except InvalidAnswerError as problem:
        return Line(sheet, asked, [], str(problem))
    return Line(sheet, asked, [] if answer is None else kind_of(asked).words(asked, answer), "")
