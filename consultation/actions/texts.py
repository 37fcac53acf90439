"""Documents that members are asked about: writing them, publishing a version for good, putting one to the members."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.actions.arranging import place_page
from consultation.actions.bringing import write_from
from consultation.actions.drafting import enforce_as_seen
from consultation.actions.options import add_document
from consultation.actions.questionnaire import add_page, add_question, draft_version
from consultation.exchange.shape import MOST_QUESTIONS, Written
from consultation.keys import free_key
from consultation.models import Consultation, Page, Text, TextVersion
from consultation.paragraphs import Part, paragraphs_of
from consultation.permissions import can_organise, can_publish_text
from consultation.questionnaire import digest
from consultation.readers.texts import html_of
from questions.definitions import Passage

_A_PAGE = 8
"""Paragraphs that are asked about on one page."""


class TooManyQuestions(DomainError):
    """A questionnaire has a most."""


class NotPublished(DomainError):
    """Members are asked about what does not change any more."""


@transaction.atomic
def begin_text(*, title: str, source: str, by: User, at: datetime) -> TextVersion:
    """A new document with a first version that organisers alone see. `source` is Markdown."""
    can_organise(by).enforce()
    text = Text.objects.create(slug=_free_slug(title), created_at=at, created_by=by)
    version = TextVersion.objects.create(text=text, number=1, title=title, source=source, saved_at=at)
    audit.record("consultation.begin_text", subject=("text", text.pk), by=by.pk, at=at, title=title)
    return version


@transaction.atomic
def write_text(text: Text, *, title: str, source: str, by: User, at: datetime, as_seen: str = "") -> TextVersion:
    """Other words: in the version that is being written, or in a next one where all are published. Raises ChangedMeanwhile where
    the last one is not `as_seen` any more."""
    can_organise(by).enforce()
    text = Text.objects.select_for_update().get(pk=text.pk)
    version = text.versions.latest("number")
    enforce_as_seen(version, as_seen)
    if version.published_at is not None:
        version = TextVersion(text=text, number=version.number + 1)
    version.title, version.source, version.saved_at = title, source, at
    version.save()
    audit.record("consultation.write_text", subject=("text", text.pk), by=by.pk, at=at, version=version.number)
    return version


@transaction.atomic
def publish_text(version: TextVersion, *, by: User, at: datetime) -> TextVersion:
    """Cut into numbered paragraphs, hash, and open to everybody. From then on the database refuses any change."""
    version = TextVersion.objects.select_for_update().get(pk=version.pk)
    can_publish_text(by, version).enforce()
    parts = paragraphs_of(version.source)
    version.parts = [{"number": part.number, "words": part.words, "html": html_of(part)} for part in parts]
    version.digest = digest({"title": version.title, "parts": [[part.number, part.words] for part in parts]})
    version.published_at, version.published_by = at, by
    version.save()
    subject = ("text", version.text_id)
    audit.record("consultation.publish_text", subject=subject, by=by.pk, at=at, version=version.number, digest=version.digest)
    return version


@transaction.atomic
def ask_about_text(consultation: Consultation, version: TextVersion, *, questions: bool, by: User, at: datetime) -> list[Page]:
    """Link it as something to read; with `questions`, ask about each paragraph: a page for each section, cut where it is long,
    none of the questions has to be answered. The pages come last. Raises NotPublished, TooManyQuestions."""
    if version.published_at is None:
        raise NotPublished("Publish the document first: members are asked about what does not change.")
    numbered = [part for part in parts_of(version) if not part.is_heading]
    note = f"A page here, {len(numbered)} paragraph{'' if len(numbered) == 1 else 's'}."
    title = f"{version.title}, version {version.number}"
    add_document(consultation, title=title, url=version.get_absolute_url(), note=note, by=by, at=at)
    if not questions:
        return []
    taken = set(draft_version(consultation).questions.values_list("key", flat=True))
    if len(taken) + len(numbered) > MOST_QUESTIONS:
        raise TooManyQuestions(f"It has {len(numbered)} paragraphs, and a consultation asks {MOST_QUESTIONS} questions at most.")
    made = []
    for name, parts in _sections(version):
        page = add_page(consultation, title=name, by=by, at=at)
        for part in parts:
            add_question(page, by=by, at=at, **_question(version, part, taken))
        made.append(page)
    return made


@transaction.atomic
def write_about_text(written: Written, version: TextVersion, *, title: str, by: User, at: datetime) -> Consultation:
    """A new draft of a template, with a question beside each paragraph of the document before its last page. Raises NotPublished,
    TooManyQuestions."""
    consultation = write_from(written, title=title, by=by, at=at)
    last = draft_version(consultation).pages.last()
    made = ask_about_text(consultation, version, questions=True, by=by, at=at)
    if last is not None and made:
        place_page(last, position=made[-1].position, by=by, at=at)
    return consultation


def parts_of(version: TextVersion) -> tuple[Part, ...]:
    """Of a published version as it was cut, of another as it would be."""
    if version.parts is None:
        return paragraphs_of(version.source)
    return tuple(Part(part["number"], part["words"]) for part in version.parts)


def _question(version: TextVersion, part: Part, taken: set[str]) -> Any:
    """`taken` are keys that it may not have; its own is added."""
    key = free_key(f"{version.text.slug[:28]}-{version.number}-p{part.number}", taken)
    taken.add(key)
    label = f"Paragraph {part.number} of “{version.title}”, version {version.number}"
    passage = Passage(label, f"{version.get_absolute_url()}#p{part.number}", part.words)
    return {
        "key": key,
        "kind": "consent",
        "text": f"Paragraph {part.number}: where do you stand?",
        "passage": passage.as_dict(),
    }


def _sections(version: TextVersion) -> list[tuple[str, list[Part]]]:
    """Paragraphs under the heading they follow, at most `_A_PAGE` together; with what the page is called."""
    found: list[tuple[str, list[Part]]] = []
    name = version.title
    for part in parts_of(version):
        if part.is_heading:
            name = part.title[:100] or version.title
        elif found and found[-1][0] == name and len(found[-1][1]) < _A_PAGE:
            found[-1][1].append(part)
        else:
            found.append((name, [part]))
    return [(_called(name, parts, found), parts) for name, parts in found]


def _called(name: str, parts: list[Part], found: list[tuple[str, list[Part]]]) -> str:
    if sum(other == name for other, _ in found) == 1:
        return name
    first, last = parts[0].number, parts[-1].number
    return f"{name}: {first}" if first == last else f"{name}: {first}–{last}"


def _free_slug(title: str) -> str:
    base = slugify(title)[:70].strip("-") or "document"
    taken = {"new"} | set(Text.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
