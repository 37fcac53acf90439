"""Answers may be stopped for a while, with a note for everybody; the days that are lost are given back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from common.clock import london_day
from common.errors import DomainError
from consultation.actions.discussion import tell_the_topic
from consultation.actions.holding import hold_for_a_step
from consultation.actions.record import record_transition
from consultation.calendar import close_of
from consultation.models import Consultation, State
from consultation.permissions import can_pause, can_resume


class SayWhy(DomainError):
    """What stops or starts answers is told to everybody."""


@transaction.atomic
def pause_consultation(consultation: Consultation, *, note: str, by: User, at: datetime) -> Consultation:
    """Take no answers until it goes on. What members have begun is kept, and may be written on. It is paused from when it takes
    hold: an answer whose clock was read later and which came first is before the pause. Raises SayWhy, Refused."""
    consultation = hold_for_a_step(consultation.pk)
    can_pause(by, consultation, at).enforce()
    if not note.strip():
        raise SayWhy("Say why: the note stands on the page for everybody.")
    at = max(at, consultation.responses.aggregate(last=Max("submitted_at"))["last"] or at)
    consultation.paused_at, consultation.paused_by, consultation.paused_note = at, by, note.strip()
    consultation.save(update_fields=["paused_at", "paused_by", "paused_note"])
    tell_the_topic(consultation, at=at)
    record_transition(consultation, verb="pause", before=State.OPEN, after=State.PAUSED, by=by, at=at, note=note.strip())
    return consultation


@transaction.atomic
def resume_consultation(consultation: Consultation, *, note: str, by: User, at: datetime) -> Consultation:
    """Take answers again, and close as many days later as it was paused, a part of a day being a day. Raises SayWhy, Refused."""
    consultation = hold_for_a_step(consultation.pk)
    can_resume(by, consultation).enforce()
    if not note.strip():
        raise SayWhy("Say what has changed: the note stands in the record for everybody.")
    assert consultation.paused_at is not None
    assert consultation.closes_at is not None
    lost = days_lost(consultation.paused_at, at)
    consultation.closes_at = close_of(london_day(consultation.closes_at) + timedelta(days=lost))
    consultation.paused_at = consultation.paused_by = None
    consultation.paused_note = ""
    consultation.save(update_fields=["closes_at", "paused_at", "paused_by", "paused_note"])
    tell_the_topic(consultation, at=at)
    told = f"{note.strip()} It closes {lost} day{'' if lost == 1 else 's'} later: {consultation.closes_at:%-d %B %Y}, 23:59."
    record_transition(consultation, verb="resume", before=State.PAUSED, after=State.OPEN, by=by, at=at, note=told)
    return consultation


def days_lost(paused_at: datetime, at: datetime) -> int:
    """Begun days between two moments; one at least."""
    return max(1, -(-(at - paused_at) // timedelta(days=1)))
