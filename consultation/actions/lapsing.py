"""A review is about one text: a change after it was approved ends it."""

from datetime import datetime

from accounts.models import User
from consultation.actions.record import record_transition
from consultation.models import Consultation, Review, State


def lapse_approval(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Back to a draft where it was approved; nothing happens otherwise. `consultation` is locked."""
    if consultation.approved_at is None:
        return
    Review.objects.filter(consultation=consultation, version=None, ended_at=None).update(ended_at=at)
    back_to_draft(consultation)
    note = "The text was changed after it had been approved: it needs another review."
    record_transition(consultation, verb="lapse_review", before=State.REVIEW, after=State.DRAFT, by=by, at=at, note=note)


def lapse_version_approval(consultation: Consultation, *, at: datetime) -> None:
    """A new version that was approved needs another review; nothing happens otherwise. `consultation` is locked."""
    written = Review.objects.filter(version__consultation=consultation, version__published_at=None)
    written.filter(approved=True, ended_at=None).update(ended_at=at)


def back_to_draft(consultation: Consultation) -> None:
    """Nobody is asked to review it, nobody approved it."""
    consultation.review_asked_at = consultation.review_asked_by = None
    consultation.approved_at = consultation.approved_by = None
    consultation.approved_digest = ""
    consultation.save(update_fields=["review_asked_at", "review_asked_by", "approved_at", "approved_by", "approved_digest"])
