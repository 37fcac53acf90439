"""The list that is gone through before a consultation opens: each line holds or not, and leads to where it is mended."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse

from consultation.calendar import LEAST_DAYS
from consultation.models import Consultation, Document
from consultation.models.option import FACTS
from consultation.paths.checks import Fault
from consultation.questionnaire import Questionnaire
from consultation.readability import PLAIN_AGE, read_age
from consultation.readers.audience import audience_of, count_entitled, in_a_sentence
from consultation.readers.paths import faults_of
from consultation.readers.questionnaires import written
from consultation.readers.readiness import Gap, anchors_of, gaps_before_opening, page_or_question, place_of

_BARE: Final = re.compile(
    r"^(click )?here$|^(this |the )?(link|document|page|file|pdf)$|^(read )?more$|^https?://", re.IGNORECASE
)
_FOR_ORGANISERS: Final = re.compile(r"\bto check\)|: say what\b|\bby your own before you open it")
"""As the templates speak to whoever fills them in; a test holds that it finds each of them."""
_FILES: Final = {
    "pdf": ("pdf",), "doc": ("word", "doc"), "docx": ("word", "docx"), "xls": ("excel", "xls", "spreadsheet"),
    "xlsx": ("excel", "xlsx", "spreadsheet"), "csv": ("csv", "spreadsheet"), "ppt": ("powerpoint", "slides"),
    "pptx": ("powerpoint", "slides"), "odt": ("odt", "text"), "ods": ("ods", "spreadsheet"), "zip": ("zip",),
}  # fmt: skip
"""Kinds of file by the end of an address, and the words of which one has to stand beside the link."""


@dataclass(frozen=True, slots=True)
class Line:
    """`must`: it cannot open without. `url`: where it is mended."""

    rule: str
    sentence: str
    holds: bool
    must: bool
    url: str


def preflight(consultation: Consultation, *, at: datetime) -> list[Line]:
    """Of a draft, or of what waits for its opening; a number of statements that does not grow."""
    version = consultation.versions.latest("number")
    asked = written(version)
    faults = faults_of(asked) if asked.questions else ()
    tangled = {fault.sentence for fault in faults}
    gaps = [gap for gap in gaps_before_opening(consultation, at=at) if gap.sentence not in tangled]
    anchors = anchors_of(version)
    documents = list(consultation.documents.all())
    lines = [*_gaps(gaps, consultation), *_paths(faults, consultation, anchors)]
    lines += [_days(consultation), *_people(consultation, at, gaps), _contact(consultation)]
    lines += [line for document in documents for line in _document(document, _edit(consultation, "documents"))]
    lines += _left_from_the_template(consultation, asked, anchors)
    return lines + _words(consultation, asked, anchors)


def _edit(consultation: Consultation, anchor: str) -> str:
    return f"{reverse('consultation:edit', args=[consultation.slug])}#{anchor}"


_RULES: Final = {
    "details": "G2", "options": "G1", "questions": "Questions", "documents": "G2", "discarded": "G2", "audience": "R5",
}  # fmt: skip
_GOOD: Final = {
    "details": "It says what is asked, by whom, why, and with which effects.",
    "options": "At least two options are open, or a reason says why not.",
    "questions": "Every page asks something that can be answered.",
    "documents": "Something to read before answering is linked, or a reason says why not.",
    "discarded": "Routes that were ruled out are told, with reasons, or a reason says why there are none.",
}
_PUBLIC: Final = {"documents", "discarded"}
"""Where the sentence alone does not say what hangs on it."""


def _gaps(gaps: list[Gap], consultation: Consultation) -> list[Line]:
    fails = " Without it everybody would read under “How this was run” that rule G2 fails."
    lines = [
        Line(_RULES[gap.section], gap.sentence + fails * (gap.section in _PUBLIC), holds=False, must=True, url=gap.url)
        for gap in gaps
    ]
    missing = {gap.section for gap in gaps}
    return lines + [
        Line(_RULES[section], sentence, holds=True, must=True, url=_edit(consultation, section))
        for section, sentence in _GOOD.items()
        if section not in missing
    ]


def _paths(faults: Sequence[Fault], consultation: Consultation, anchors: Mapping[str, str]) -> list[Line]:
    if not faults:
        told = "Every page is reached, and every way leads to the end."
        return [Line("Paths", told, holds=True, must=True, url=_edit(consultation, "questions"))]
    return [
        Line(
            "Paths",
            fault.sentence,
            holds=False,
            must=True,
            url=place_of(consultation, "questions", page_or_question(fault.sheet, fault.asked), anchors),
        )
        for fault in faults
    ]


def _has(rule: str, there: bool, yes: str, no: str, url: str) -> Line:
    return Line(rule, yes if there else no, holds=there, must=False, url=url)


def _days(consultation: Consultation) -> Line:
    url = reverse("consultation:edit_details", args=[consultation.slug])
    enough = consultation.days >= LEAST_DAYS
    return Line(
        "G3", f"It is planned to be open for {consultation.days} days; {LEAST_DAYS} at least.", enough, must=True, url=url
    )


def _people(consultation: Consultation, at: datetime, gaps: list[Gap]) -> list[Line]:
    """How many; that there is nobody stands among the gaps."""
    if any(gap.section == "audience" for gap in gaps):
        return []
    audience = audience_of(consultation)
    count = count_entitled(audience, at=at)
    others = [
        words
        for words, asked in (("organisations", consultation.for_organisations), ("the public", consultation.for_public))
        if asked
    ]
    apart = f" Counted apart: {' and '.join(others)}." if others else ""
    sentence = f"It asks {in_a_sentence(audience)}: {count:,} {'person' if count == 1 else 'people'} today.{apart}"
    return [Line("R5", sentence, holds=True, must=True, url=place_of(consultation, "audience", "", {}))]


def _contact(consultation: Consultation) -> Line:
    url = reverse("consultation:edit_details", args=[consultation.slug]) + "#id_contact"
    return _has("Contact", bool(consultation.contact), "It says whom to ask.", "Say whom members can ask about it.", url)


def _document(document: Document, url: str) -> list[Line]:
    lines = []
    title = document.title.strip()
    if _BARE.match(title):
        sentence = f"“{title}” does not say what it links to. Name the document: a screen reader reads out links alone."
        lines.append(Line("Documents", sentence, holds=False, must=False, url=url))
    ending = document.url.split("?")[0].split("#")[0].rsplit("/", 1)[-1].rpartition(".")[2].lower()
    told = f"{title} {document.note}".lower()
    if ending in _FILES and not any(word in told for word in _FILES[ending]):
        kind = ending.upper()
        sentence = f"“{title}” is a file ({kind}) and does not say so: add its type and length, as in “{kind}, 4 pages”."
        lines.append(Line("Documents", sentence, holds=False, must=False, url=url))
    return lines or [Line("Documents", f"“{title}” says what it is.", holds=True, must=False, url=url)]


def _left_from_the_template(consultation: Consultation, asked: Questionnaire, anchors: Mapping[str, str]) -> list[Line]:
    """Words to the organiser that members would read. None where there are none."""
    said = "still has words of the template that are for you, and members would read them"
    lines = []
    for option in consultation.options.all():
        found = next((words for name in FACTS if (words := getattr(option, name)) and _FOR_ORGANISERS.search(words)), "")
        if found:
            url = reverse("consultation:edit_option", args=[consultation.slug, option.pk])
            lines.append(Line("Template", f"Option {option.letter} {said}: “{found}”.", holds=False, must=False, url=url))
    for sheet, question in asked.placed():
        if _FOR_ORGANISERS.search(f"{question.text} {question.hint}"):
            url = place_of(consultation, "questions", page_or_question(sheet, question), anchors)
            lines.append(Line("Template", f"“{question.text}” {said}.", holds=False, must=False, url=url))
    return lines


def _words(consultation: Consultation, asked: Questionnaire, anchors: Mapping[str, str]) -> list[Line]:
    """Questions for which a reader has to be older than most are."""
    hard = []
    for sheet, question in asked.placed():
        age = read_age(f"{question.text} {question.hint}").age
        if age is not None and age > PLAIN_AGE:
            url = place_of(consultation, "questions", page_or_question(sheet, question), anchors)
            sentence = f"“{question.text}” needs a reader of about {age} years. Shorter sentences and shorter words reach more."
            hard.append(Line("Reading age", sentence, holds=False, must=False, url=url))
    fine = f"A reader of {PLAIN_AGE} years understands every question, as far as a formula can tell."
    return hard or [Line("Reading age", fine, holds=True, must=False, url=_edit(consultation, "questions"))]
