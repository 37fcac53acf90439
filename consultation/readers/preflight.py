"""The list that is gone through before a consultation opens: each line holds or not, and leads to where it is mended."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse

from consultation.calendar import LEAST_DAYS
from consultation.models import Consultation, Document, Question
from consultation.paths.checks import Fault
from consultation.questionnaire import Questionnaire
from consultation.readability import PLAIN_AGE, read_age
from consultation.readers.audience import audience_of, count_entitled, in_a_sentence
from consultation.readers.paths import faults_of
from consultation.readers.questionnaires import written
from consultation.readers.readiness import Gap, gaps_before_opening

_BARE: Final = re.compile(
    r"^(click )?here$|^(this |the )?(link|document|page|file|pdf)$|^(read )?more$|^https?://", re.IGNORECASE
)
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
    edit = reverse("consultation:edit", args=[consultation.slug])
    version = consultation.versions.latest("number")
    asked = written(version)
    faults = faults_of(asked) if asked.questions else ()
    tangled = {fault.sentence for fault in faults}
    gaps = [gap for gap in gaps_before_opening(consultation) if gap.sentence not in tangled]
    rows = dict(Question.objects.filter(version=version).values_list("key", "pk"))
    lines = [*_gaps(gaps, edit, rows), *_paths(faults, edit, rows)]
    documents = list(consultation.documents.all())
    fails = "Without it everybody reads under “How this is run” that rule G2 fails."
    linked = "Something to read before answering is linked."
    link = f"Link something to read before answering: costs, figures, the debate so far. {fails}"
    lines.append(_has("G2", bool(documents), linked, link, f"{edit}#documents"))
    told = "Routes that were ruled out are told, with reasons."
    tell = f"Say which routes were looked at and ruled out, and why. {fails}"
    lines.append(_has("G2", consultation.discarded.exists(), told, tell, f"{edit}#options"))
    lines += [_days(consultation), _people(consultation, at), _contact(consultation)]
    lines += [line for document in documents for line in _document(document, f"{edit}#documents")]
    return lines + _words(consultation, asked, rows)


def _at(edit: str, rows: Mapping[str, int], key: str = "", section: str = "questions") -> str:
    """Where a question is on the page of the draft; its section where it is about none."""
    return f"{edit}#question-{rows[key]}" if key in rows else f"{edit}#{section}"


def _gaps(gaps: list[Gap], edit: str, rows: Mapping[str, int]) -> list[Line]:
    rules = {"details": "G2", "options": "G1", "questions": "Questions", "documents": "G2"}
    lines = [
        Line(rules[gap.section], gap.sentence, holds=False, must=True, url=_at(edit, rows, gap.question, gap.section))
        for gap in gaps
    ]
    good = {
        "details": "It says what is asked, by whom, why, and with which effects.",
        "options": "At least two options are open, or a reason says why not.",
        "questions": "Every page asks something that can be answered.",
    }
    missing = {gap.section for gap in gaps}
    return lines + [
        Line(rules[section], sentence, holds=True, must=True, url=f"{edit}#{section}")
        for section, sentence in good.items()
        if section not in missing
    ]


def _paths(faults: Sequence[Fault], edit: str, rows: Mapping[str, int]) -> list[Line]:
    if not faults:
        told = "Every page is reached, and every way leads to the end."
        return [Line("Paths", told, holds=True, must=True, url=_at(edit, rows))]
    placed = [(fault, _at(edit, rows, fault.asked.key if fault.asked else "")) for fault in faults]
    return [Line("Paths", fault.sentence, holds=False, must=True, url=url) for fault, url in placed]


def _has(rule: str, there: bool, yes: str, no: str, url: str) -> Line:
    return Line(rule, yes if there else no, holds=there, must=False, url=url)


def _days(consultation: Consultation) -> Line:
    url = reverse("consultation:edit_details", args=[consultation.slug])
    enough = consultation.days >= LEAST_DAYS
    return Line(
        "G3", f"It is planned to be open for {consultation.days} days; {LEAST_DAYS} at least.", enough, must=True, url=url
    )


def _people(consultation: Consultation, at: datetime) -> Line:
    audience = audience_of(consultation)
    count = count_entitled(audience, at=at)
    others = [
        words
        for words, asked in (("organisations", consultation.for_organisations), ("the public", consultation.for_public))
        if asked
    ]
    apart = f" Counted apart: {' and '.join(others)}." if others else ""
    sentence = f"It asks {in_a_sentence(audience)}: {count:,} {'person' if count == 1 else 'people'} today.{apart}"
    return Line("R5", sentence, holds=count > 0, must=False, url=reverse("consultation:audience", args=[consultation.slug]))


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


def _words(consultation: Consultation, asked: Questionnaire, rows: Mapping[str, int]) -> list[Line]:
    """Questions for which a reader has to be older than most are."""
    hard = []
    for question in asked.questions:
        age = read_age(f"{question.text} {question.hint}").age
        if age is not None and age > PLAIN_AGE and question.key in rows:
            url = reverse("consultation:edit_question", args=[consultation.slug, rows[question.key]])
            sentence = f"“{question.text}” needs a reader of about {age} years. Shorter sentences and shorter words reach more."
            hard.append(Line("Reading age", sentence, holds=False, must=False, url=url))
    edit = reverse("consultation:edit", args=[consultation.slug])
    fine = f"A reader of {PLAIN_AGE} years understands every question, as far as a formula can tell."
    return hard or [Line("Reading age", fine, holds=True, must=False, url=f"{edit}#questions")]
