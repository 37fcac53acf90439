"""A new version of what is asked, while members answer the one there is: started, thrown away, read by a second person."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.models import Choice, Consultation, Page, Question, Review, Version
from consultation.permissions import can_ask_for_version_review, can_change_questions, can_review_version
from consultation.readers.questionnaires import current_version
from consultation.readers.readiness import gaps_in_version
from consultation.readers.versions import changes_of, version_digest, version_review, written_version
from notifications.events import record_event


class VersionUnderWay(DomainError):
    """One new version is written at a time."""


class NoNewVersion(DomainError):
    """No new version is being written."""


class VersionNotReady(DomainError):
    """Something is missing, or nothing is changed; `str()` says what."""


class MoreThanASlip(DomainError):
    """It is called a slip of the pen and changes more than wording; `str()` says where."""


class VersionTextChanged(DomainError):
    """It changed while the reviewer was reading."""


class SayWhy(DomainError):
    """A change of what members were asked has a reason that everybody reads; a refusal says what should change."""


@transaction.atomic
def start_version(consultation: Consultation, *, by: User, at: datetime) -> Version:
    """A copy of what is asked, to be changed; members go on answering the one there is. Raises VersionUnderWay, Refused."""
    consultation = _held(consultation)
    can_change_questions(by, consultation, at).enforce()
    if written_version(consultation) is not None:
        raise VersionUnderWay("A new version is being written already: change that one, or throw it away first.")
    before = current_version(consultation)
    version = Version.objects.create(
        consultation=consultation, number=before.number + 1, started_at=at, started_by=by, counts_from=before.counts_from
    )
    _copy_questions(before, version)
    _record("start_version", version, by=by, at=at)
    return version


@transaction.atomic
def discard_version(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Throw the new version away; what is asked stays as it is. Raises NoNewVersion, Refused."""
    version = _held_version(consultation)
    can_change_questions(by, version.consultation, at).enforce()
    _record("discard_version", version, by=by, at=at)
    version.delete()


@transaction.atomic
def ask_for_version_review(consultation: Consultation, *, materiality: str, reason: str, by: User, at: datetime) -> Review:
    """Say how much it changes and why, and ask for a second person's look. Raises VersionNotReady, MoreThanASlip, SayWhy,
    NoNewVersion, Refused."""
    version = _held_version(consultation)
    can_ask_for_version_review(by, version.consultation, version_review(version), at).enforce()
    if not reason.strip():
        raise SayWhy("Say why it is changed: everybody reads it.")
    gaps = gaps_in_version(version)
    if gaps:
        raise VersionNotReady("It cannot be reviewed yet. " + " ".join(gap.sentence for gap in gaps))
    changes = changes_of(version, current_version(version.consultation))
    if not changes:
        raise VersionNotReady("Nothing is changed yet: it asks what is asked already, word by word.")
    version.materiality, version.reason = Version.Materiality(materiality).value, reason.strip()
    if not version.is_material and changes.beyond_wording:
        raise MoreThanASlip("That is more than a slip of the pen. " + " ".join(changes.beyond_wording))
    version.save(update_fields=["materiality", "reason"])
    review = Review.objects.create(consultation=version.consultation, version=version, asked_at=at, asked_by=by)
    _record("ask_for_version_review", version, by=by, at=at, materiality=version.materiality, reason=version.reason)
    _tell("version_asked", version, by=by, at=at)
    return review


@transaction.atomic
def approve_version(consultation: Consultation, *, digest: str, by: User, at: datetime, note: str = "") -> Review:
    """Approve the very text, and what is said of its change, that have this digest. Raises VersionTextChanged, NoNewVersion,
    Refused."""
    version = _held_version(consultation)
    review = version_review(version)
    can_review_version(by, version, review, at).enforce()
    assert review is not None
    if digest != version_digest(version, current_version(version.consultation)):
        raise VersionTextChanged("The text has changed since you opened this page. Read it again, then decide.")
    review.decided_at, review.decided_by, review.approved, review.digest = at, by, True, digest
    review.note = note.strip()[:1000]
    review.save()
    _record("approve_version", version, by=by, at=at, digest=digest)
    _tell("version_approved", version, by=by, at=at)
    return review


@transaction.atomic
def ask_for_version_changes(consultation: Consultation, *, note: str, by: User, at: datetime) -> Review:
    """Give it back to its author, with a note that says what to change. Raises SayWhy, NoNewVersion, Refused."""
    version = _held_version(consultation)
    review = version_review(version)
    can_review_version(by, version, review, at).enforce()
    assert review is not None
    if not note.strip():
        raise SayWhy("Say what should change.")
    review.decided_at, review.decided_by, review.approved, review.note = at, by, False, note.strip()[:1000]
    review.save()
    _record("ask_for_version_changes", version, by=by, at=at)
    _tell("version_changes", version, by=by, at=at)
    return review


@transaction.atomic
def take_back_version_review(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Go on writing: nobody is asked to review it any more, and an approval has no force. Safe twice. Raises NoNewVersion,
    Refused."""
    version = _held_version(consultation)
    can_change_questions(by, version.consultation, at).enforce()
    if Review.objects.filter(version=version, ended_at=None).exclude(approved=False).update(ended_at=at):
        _record("take_back_version_review", version, by=by, at=at)


def _copy_questions(before: Version, version: Version) -> None:
    """Every page, question and choice under its own key. Six statements, however many there are."""
    pages = {page.pk: page for page in before.pages.all()}
    questions = {question.pk: question for question in before.questions.all()}
    choices = list(Choice.objects.filter(question__version=before))
    for page in pages.values():
        page.pk, page.version = None, version
    Page.objects.bulk_create(pages.values())
    for question in questions.values():
        question.pk, question.version, question.page = None, version, pages[question.page_id]
    Question.objects.bulk_create(questions.values())
    for choice in choices:
        choice.pk, choice.question = None, questions[choice.question_id]
    Choice.objects.bulk_create(choices)


def _held(consultation: Consultation) -> Consultation:
    return Consultation.objects.select_for_update().get(pk=consultation.pk)


def _held_version(consultation: Consultation) -> Version:
    """The one that is being written, with its consultation locked."""
    held = _held(consultation)
    version = written_version(held)
    if version is None:
        raise NoNewVersion("No new version is being written.")
    version.consultation = held
    return version


def _record(verb: str, version: Version, *, by: User, at: datetime, **details: str) -> None:
    subject = ("consultation", version.consultation_id)
    told: dict[str, Any] = {"version": version.number, **details}
    audit.record(f"consultation.{verb}", subject=subject, by=by.pk, at=at, **told)


def _tell(what: str, version: Version, *, by: User, at: datetime) -> None:
    record_event("consultation.review", at=at, by=by.pk, consultation=version.consultation_id, what=what)
