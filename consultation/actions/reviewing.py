"""A second person reads a draft before it can be put to the members."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.lapsing import back_to_draft
from consultation.actions.record import record_transition
from consultation.models import Consultation, Review, State
from consultation.permissions import can_ask_for_review, can_review, can_take_back_review
from consultation.readers.readiness import gaps_before_opening
from consultation.readers.reviewing import text_digest
from notifications.events import record_event


class NotReadyForReview(DomainError):
    """Something is missing; `str()` lists it."""


class TextChanged(DomainError):
    """It changed while the reviewer was reading."""


class SayWhatToChange(DomainError):
    """Who asks for changes says which."""


@transaction.atomic
def ask_for_review(consultation: Consultation, *, by: User, at: datetime, note: str = "") -> Review:
    """Ask for a second person's look at a draft from which nothing is missing. Raises NotReadyForReview, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_ask_for_review(by, consultation).enforce()
    gaps = gaps_before_opening(consultation, at=at)
    if gaps:
        raise NotReadyForReview("It cannot be reviewed yet. " + " ".join(gap.sentence for gap in gaps))
    consultation.review_asked_at, consultation.review_asked_by = at, by
    consultation.save(update_fields=["review_asked_at", "review_asked_by"])
    review = Review.objects.create(consultation=consultation, asked_at=at, asked_by=by)
    record_transition(
        consultation, verb="ask_for_review", before=State.DRAFT, after=State.REVIEW, by=by, at=at, note=note.strip()
    )
    record_event("consultation.review", at=at, by=by.pk, consultation=consultation.pk, what="asked")
    return review


@transaction.atomic
def approve_draft(consultation: Consultation, *, digest: str, by: User, at: datetime, note: str = "") -> Consultation:
    """Approve the very text that has this digest. A later change needs another review. Raises TextChanged, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_review(by, consultation).enforce()
    if digest != text_digest(consultation):
        raise TextChanged("The text has changed since you opened this page. Read it again, then decide.")
    consultation.approved_at, consultation.approved_by, consultation.approved_digest = at, by, digest
    consultation.save(update_fields=["approved_at", "approved_by", "approved_digest"])
    _decide(consultation, approved=True, note=note, digest=digest, by=by, at=at)
    told = f"SHA-256 of the text: {digest}. {note}".strip()
    record_transition(consultation, verb="approve", before=State.REVIEW, after=State.REVIEW, by=by, at=at, note=told[:600])
    record_event("consultation.review", at=at, by=by.pk, consultation=consultation.pk, what="approved")
    return consultation


@transaction.atomic
def ask_for_changes(consultation: Consultation, *, note: str, by: User, at: datetime) -> Consultation:
    """Give it back to its author, with a note that says what to change. Raises SayWhatToChange, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_review(by, consultation).enforce()
    if not note.strip():
        raise SayWhatToChange("Say what should change.")
    _decide(consultation, approved=False, note=note, digest="", by=by, at=at)
    back_to_draft(consultation)
    told = "Changes were asked for."  # which ones stands with the review, for organisers
    record_transition(consultation, verb="ask_for_changes", before=State.REVIEW, after=State.DRAFT, by=by, at=at, note=told)
    record_event("consultation.review", at=at, by=by.pk, consultation=consultation.pk, what="changes")
    return consultation


@transaction.atomic
def take_back_review(consultation: Consultation, *, by: User, at: datetime) -> Consultation:
    """Go on writing: nobody is asked to review it any more, and an approval has no force."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_take_back_review(by, consultation).enforce()
    Review.objects.filter(consultation=consultation, version=None, ended_at=None).update(ended_at=at)
    back_to_draft(consultation)
    told = "Taken back to go on writing."
    record_transition(consultation, verb="take_back_review", before=State.REVIEW, after=State.DRAFT, by=by, at=at, note=told)
    return consultation


def _decide(consultation: Consultation, *, approved: bool, note: str, digest: str, by: User, at: datetime) -> None:
    review = Review.objects.get(consultation=consultation, version=None, decided_at=None, ended_at=None)
    review.decided_at, review.decided_by, review.approved, review.digest = at, by, approved, digest
    review.note = note.strip()[:1000]
    review.save()
