"""After the close: reading the answers, writing what is told of them, and what was done since."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.holders import forget_holders
from consultation.actions.record import record_transition
from consultation.models import Consultation, State
from consultation.permissions import can_analyse, can_archive, can_follow_up, can_report


class StepWithoutReason(DomainError):
    """Everybody reads why a consultation goes on to its next state."""


class SayWhatWasDone(DomainError):
    """A consultation is followed up by saying what was done."""


@transaction.atomic
def begin_analysis(consultation: Consultation, *, note: str, by: User, at: datetime) -> Consultation:
    """The answers are being read and counted; `note` says why now, for everybody. Raises StepWithoutReason, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_analyse(by, consultation, at).enforce()
    reason = _reason_in(note)
    consultation.analysing_at, consultation.analysing_by = at, by
    consultation.save(update_fields=["analysing_at", "analysing_by"])
    record_transition(consultation, verb="analyse", before=State.CLOSED, after=State.ANALYSING, by=by, at=at, note=reason)
    return consultation


@transaction.atomic
def begin_report(consultation: Consultation, *, note: str, by: User, at: datetime) -> Consultation:
    """What is told of the answers is being written; `note` as above. Raises StepWithoutReason, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_report(by, consultation, at).enforce()
    reason = _reason_in(note)
    consultation.reporting_at, consultation.reporting_by = at, by
    consultation.save(update_fields=["reporting_at", "reporting_by"])
    record_transition(consultation, verb="report", before=State.ANALYSING, after=State.REPORTING, by=by, at=at, note=reason)
    return consultation


@transaction.atomic
def follow_up_consultation(consultation: Consultation, *, follow_up: str, by: User, at: datetime) -> Consultation:
    """Say what was done since the results (Markdown). Raises SayWhatWasDone, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_follow_up(by, consultation, at).enforce()
    if not follow_up.strip():
        raise SayWhatWasDone("Say what was done since the results were published.")
    consultation.followed_up_at, consultation.followed_up_by = at, by
    consultation.follow_up, consultation.follow_up_html = follow_up, render(follow_up)
    consultation.save(update_fields=["followed_up_at", "followed_up_by", "follow_up", "follow_up_html"])
    note = "What was done since is told on the page of the results."
    record_transition(consultation, verb="follow_up", before=State.PUBLISHED, after=State.FOLLOWED_UP, by=by, at=at, note=note)
    return consultation


@transaction.atomic
def archive_consultation(consultation: Consultation, *, note: str, by: User, at: datetime) -> Consultation:
    """Nothing is added any more; everything stays to be read. The key to whose a confidential answer is goes for good.
    `note` says why, for everybody. Raises StepWithoutReason, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_archive(by, consultation, at).enforce()
    reason = _reason_in(note)
    consultation.archived_at, consultation.archived_by = at, by
    consultation.save(update_fields=["archived_at", "archived_by"])
    forget_holders(consultation)
    record_transition(consultation, verb="archive", before=State.FOLLOWED_UP, after=State.ARCHIVED, by=by, at=at, note=reason)
    return consultation


def _reason_in(note: str) -> str:
    if not note.strip():
        raise StepWithoutReason("Say why: it stands in the record for everybody.")
    return note.strip()
