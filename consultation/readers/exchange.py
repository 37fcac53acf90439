"""A consultation as its file holds it, and the templates that come with the site."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from accounts.models import User
from consultation.exchange.reading import read_json
from consultation.exchange.shape import Written, WrittenPage, WrittenQuestion
from consultation.models import Consultation, Option, Question, Version
from consultation.models.option import FACTS
from consultation.paths.conditions import condition_of
from consultation.readers.questionnaires import current_version
from questions.definitions import Passage
from questions.kinds import KINDS

STARTERS: Final = Path(__file__).parent.parent / "starters"
SCHEMA: Final = Path(__file__).parent.parent / "exchange" / "schema.json"
ABOUT_A_DOCUMENT: Final = "draft-document"
"""The template that asks about a document, paragraph by paragraph."""
ABOUT_A_LIST: Final = "priorities"
"""The template that asks about one list in several ways."""
KIND_NAMES: Final = frozenset(KINDS)


@dataclass(frozen=True, slots=True)
class Starter:
    """A template: a file in `consultation/starters/`, read like any other; its lede says what it is for."""

    key: str
    written: Written

    @property
    def title(self) -> str:
        return str(self.written.details["title"])


@cache
def starters() -> dict[str, Starter]:
    """By key, in the order of their files' names."""
    files = sorted(STARTERS.glob("*.json"))
    found = (Starter(file.stem.split("-", 1)[1], read_json(file.read_bytes(), kinds=KIND_NAMES)) for file in files)
    return {starter.key: starter for starter in found}


def written_of(consultation: Consultation) -> Written:
    """What is written of it by now, or was when it opened. Seven statements."""
    version = current_version(consultation)
    names = (
        *("title", "lede", "asked_by", "background", "effects", "single_option_reason", "no_documents_reason"),
        *("none_discarded_reason", "days", "contact", "identity_mode"),
    )
    audience = {
        "grades": list(consultation.for_grades),
        "nations": list(consultation.for_nations),
        "list_sizes": list(consultation.for_list_sizes),
        "organisations": consultation.for_organisations,
        "public": consultation.for_public,
    }
    return Written(
        audience={name: value for name, value in audience.items() if value},
        faq=tuple({"question": row.question, "answer": row.answer} for row in consultation.frequent_questions.all()),
        details={name: getattr(consultation, name) for name in names},
        options=tuple(_option(option) for option in consultation.options.all()),
        discarded=tuple({"name": row.name, "reason": row.reason} for row in consultation.discarded.all()),
        documents=tuple({"title": row.title, "url": row.url, "note": row.note} for row in consultation.documents.all()),
        pages=pages_of(version),
    )


def pages_of(version: Version) -> tuple[WrittenPage, ...]:
    """Three statements."""
    return tuple(
        WrittenPage(
            key=page.key,
            title=page.title,
            intro=page.intro,
            when=condition_of(page.when) if page.when else None,
            questions=tuple(_question(row) for row in page.questions.all()),
        )
        for page in version.pages.prefetch_related("questions__choices")
    )


def earlier_ones(user: User, consultation: Consultation) -> list[Consultation]:
    """Those from which pages can be brought over, the latest first."""
    visible = Consultation.objects.visible_to(user).exclude(pk=consultation.pk).filter(versions__pages__isnull=False)
    return list(visible.distinct().order_by("-created_at", "-pk")[:50])


def _option(option: Option) -> dict[str, str]:
    return {name: getattr(option, name) for name in ("key", "name", "summary", *FACTS) if getattr(option, name)}


def _question(row: Question) -> WrittenQuestion:
    return WrittenQuestion(
        key=row.key,
        kind=row.kind,
        text=row.text,
        hint=row.hint,
        required=row.required,
        offers_options=row.offers_options,
        longest=row.longest,
        choices=tuple((choice.key, choice.label) for choice in row.choices.all()),
        settings=dict(row.settings),
        when=condition_of(row.when) if row.when else None,
        passage=Passage(**row.passage) if row.passage else None,
    )
