"""What is still missing before a draft may be opened, and what would be better."""

from dataclasses import dataclass
from typing import Literal

from consultation.models import Consultation, Version
from consultation.paths.conditions import clauses_of
from consultation.questionnaire import Questionnaire
from consultation.readers.holders import is_detached
from consultation.readers.paths import faults_of
from consultation.readers.questionnaires import written
from questions.kinds import kind_of

Section = Literal["details", "options", "questions", "documents"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence that says what to do, and the section of the draft where it is done; `question` is the key of the question that
    it is about, where it is about one."""

    sentence: str
    section: Section
    question: str = ""


def gaps_before_opening(consultation: Consultation) -> list[Gap]:
    """What keeps it from opening; empty when it may. A fixed number of statements."""
    version = consultation.versions.get(published_at=None)
    asked = written(version)
    return [*_details(consultation), *_options(consultation), *_questions(asked), *_detached(consultation, asked)]


def gaps_in_version(version: Version) -> list[Gap]:
    """What keeps a later version from being put to the members. A fixed number of statements."""
    return _questions(written(version))


def advice_before_opening(consultation: Consultation) -> list[Gap]:
    """What a fair consultation usually has and this one has not; it may open without."""
    advice = []
    if not consultation.documents.exists():
        advice.append(Gap("Link something to read before answering: costs, figures, the debate so far.", "documents"))
    if not consultation.discarded.exists():
        advice.append(Gap("Say which routes were looked at and ruled out, and why.", "options"))
    return advice


def _details(consultation: Consultation) -> list[Gap]:
    wanted = {
        "lede": "Say in one or two sentences what is asked.",
        "background": "Give the background: why you are asking and what could change.",
        "effects": "Tell the effects by nation and by size of practice, as far as they are known.",
        "asked_by": "Say who is asking: the board, a committee.",
    }
    return [Gap(sentence, "details") for name, sentence in wanted.items() if not getattr(consultation, name).strip()]


def _options(consultation: Consultation) -> list[Gap]:
    if consultation.options.filter(fate="open").count() >= 2 or consultation.single_option_reason.strip():
        return []
    return [Gap("Put at least two options that are open, or give the reason why there are fewer.", "options")]


def _detached(consultation: Consultation, questionnaire: Questionnaire) -> list[Gap]:
    """What would lead from a ballot to its member: a file, or an answer that only some were asked for because of who they are."""
    if not is_detached(consultation):
        return []
    files = [asked for asked in questionnaire.questions if kind_of(asked).stores_files]
    takes_none = "asks for a file, and a detached consultation takes none: take it out."
    gaps = [Gap(f"“{asked.text}” {takes_none}", "questions", asked.key) for asked in files]
    if any(clause.about == "fact" for each in questionnaire.conditions for clause in clauses_of(each)):
        sentence = "In a detached consultation nothing is asked of some only because of what they say of themselves: "
        gaps.append(Gap(f"{sentence}their ballots would say it. Take that condition out.", "questions"))
    return gaps


def _questions(questionnaire: Questionnaire) -> list[Gap]:
    if not questionnaire.questions:
        return [Gap("Ask at least one question.", "questions")]
    gaps = [
        Gap(f"Page {sheet.number}, “{sheet.title}”, asks nothing: add a question or take it out.", "questions")
        for sheet in questionnaire.sheets
        if not sheet.questions
    ]
    for sheet, asked in questionnaire.placed():
        gaps += [
            Gap(f"“{asked.text}” on page {sheet.number}: {fault[0].lower()}{fault[1:]}", "questions", asked.key)
            for fault in kind_of(asked).faults(asked)
        ]
    return gaps + [Gap(fault.sentence, "questions") for fault in faults_of(questionnaire)]
