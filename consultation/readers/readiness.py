"""What is still missing before a draft may be opened, each with the place where it is mended."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.urls import reverse

from consultation.models import Consultation, Question, Version
from consultation.paths.conditions import Condition, clauses_of
from consultation.questionnaire import Questionnaire, Sheet
from consultation.readers.audience import audience_of, entitled, in_a_sentence
from consultation.readers.holders import is_detached
from consultation.readers.paths import faults_of
from consultation.readers.questionnaires import written
from questions.definitions import Definition
from questions.kinds import kind_of

Section = Literal["details", "options", "questions", "documents", "discarded", "audience"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence that says what to do, and the section of the draft where it is done; `part` is the name of the detail or what
    `anchor` makes of a page or question, where it is about one. `url`: the very place."""

    sentence: str
    section: Section
    part: str = ""
    url: str = ""


def gaps_before_opening(consultation: Consultation, *, at: datetime) -> list[Gap]:
    """What keeps it from opening; empty when it may. All that the public page would call a failure is among it. A fixed number of
    statements."""
    version = consultation.versions.get(published_at=None)
    asked = written(version)
    gaps = [*_details(consultation), *_options(consultation), *_questions(asked), *_reasons(consultation)]
    gaps += [*_people(consultation, at), *_detached(consultation, asked)]
    return _placed(gaps, consultation, version)


def gaps_in_version(version: Version) -> list[Gap]:
    """What keeps a later version from being put to the members. A fixed number of statements."""
    return _placed(_questions(written(version)), version.consultation, version)


def page_or_question(sheet: Sheet, asked: Definition | None = None) -> str:
    """The `part` of a gap."""
    return f"question:{asked.key}" if asked else f"page:{sheet.key}"


def anchors_of(version: Version) -> dict[str, str]:
    """Where on the page of the draft each page and question stands. Two statements."""
    pages = {f"page:{key}": f"page-{pk}" for key, pk in version.pages.values_list("key", "pk")}
    questions = Question.objects.filter(version=version).values_list("key", "pk")
    return pages | {f"question:{key}": f"question-{pk}" for key, pk in questions}


def place_of(consultation: Consultation, section: Section, part: str, anchors: Mapping[str, str]) -> str:
    """Where it is mended: a page or question on the page of the draft, a detail in its form, else the section."""
    slug = [consultation.slug]
    if section == "audience":
        return reverse(f"consultation:{'invited' if consultation.only_invited else 'audience'}", args=slug)
    if section == "details" and part:
        return f"{reverse('consultation:edit_details', args=slug)}#id_{part}"
    return f"{reverse('consultation:edit', args=slug)}#{anchors.get(part, section)}"


def _placed(gaps: list[Gap], consultation: Consultation, version: Version) -> list[Gap]:
    anchors = anchors_of(version) if any(gap.section == "questions" and gap.part for gap in gaps) else {}
    return [replace(gap, url=place_of(consultation, gap.section, gap.part, anchors)) for gap in gaps]


def _details(consultation: Consultation) -> list[Gap]:
    wanted = {
        "lede": "Say in one or two sentences what is asked.",
        "background": "Give the background: why you are asking and what could change.",
        "effects": "Tell the effects by nation and by size of practice, as far as they are known.",
        "asked_by": "Say who is asking: the board, a committee.",
    }
    return [Gap(sentence, "details", name) for name, sentence in wanted.items() if not getattr(consultation, name).strip()]


def _options(consultation: Consultation) -> list[Gap]:
    if consultation.options.filter(fate="open").count() >= 2 or consultation.single_option_reason.strip():
        return []
    return [Gap("Put at least two options that are open, or give the reason why there are fewer.", "options")]


def _reasons(consultation: Consultation) -> list[Gap]:
    """Rule G2: told, or a reason that everybody can read."""
    gaps = []
    if not consultation.no_documents_reason.strip() and not consultation.documents.exists():
        told = "Link something to read before answering (costs, figures, the debate so far), or say why there is nothing."
        gaps.append(Gap(told, "documents"))
    if not consultation.none_discarded_reason.strip() and not consultation.discarded.exists():
        gaps.append(Gap("Say which routes were looked at and ruled out, and why; or why there were none.", "discarded"))
    return gaps


def _people(consultation: Consultation, at: datetime) -> list[Gap]:
    audience = audience_of(consultation)
    if entitled(audience, at=at).exists():
        return []
    return [Gap(f"Nobody could answer: it asks {in_a_sentence(audience)}, and there is none today. Ask others.", "audience")]


def _detached(consultation: Consultation, questionnaire: Questionnaire) -> list[Gap]:
    """What would lead from a ballot to its member: a file, or an answer that only some were asked for because of who they are."""
    if not is_detached(consultation):
        return []
    places = list(questionnaire.placed())
    takes_none = "asks for a file, and a detached consultation takes none: take it out."
    gaps = [
        Gap(f"“{asked.text}” {takes_none}", "questions", page_or_question(sheet, asked))
        for sheet, asked in places
        if kind_of(asked).stores_files
    ]
    hanging = [page_or_question(sheet) for sheet in questionnaire.sheets if _asks_who(sheet.when)]
    hanging += [page_or_question(sheet, asked) for sheet, asked in places if _asks_who(sheet.whens.get(asked.key))]
    sentence = "In a detached consultation nothing is asked of some only because of what they say of themselves: "
    return gaps + [
        Gap(f"{sentence}their ballots would say it. Take that condition out.", "questions", part) for part in hanging[:1]
    ]


def _asks_who(condition: Condition | None) -> bool:
    return condition is not None and any(clause.about == "fact" for clause in clauses_of(condition))


def _questions(questionnaire: Questionnaire) -> list[Gap]:
    if not questionnaire.questions:
        return [Gap("Ask at least one question.", "questions")]
    gaps = [
        Gap(
            f"Page {sheet.number}, “{sheet.title}”, asks nothing: add a question or take it out.",
            "questions",
            page_or_question(sheet),
        )
        for sheet in questionnaire.sheets
        if not sheet.questions
    ]
    for sheet, asked in questionnaire.placed():
        gaps += [
            Gap(
                f"“{asked.text}” on page {sheet.number}: {fault[0].lower()}{fault[1:]}",
                "questions",
                page_or_question(sheet, asked),
            )
            for fault in kind_of(asked).faults(asked)
        ]
    faults = faults_of(questionnaire)
    return gaps + [Gap(fault.sentence, "questions", page_or_question(fault.sheet, fault.asked)) for fault in faults]
