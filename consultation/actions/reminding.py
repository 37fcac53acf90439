"""Telling those who may answer: each reminder is a row, so that it is sent once; who hears of it is decided when it is sent."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.actions.holding import hold_for_a_step
from consultation.actions.news import write_to_the_public
from consultation.models import Consultation, Reminder
from consultation.permissions import can_invite_segment
from consultation.readers.participation import in_words, latest_figures
from notifications.events import record_event

SILENT_BEFORE: Final = timedelta(days=7)
DRAFTS_BEFORE: Final = (("one_day", timedelta(hours=24)), ("three_days", timedelta(hours=72)))
BETWEEN_INVITATIONS: Final = timedelta(days=7)


class NotLittleHeard(DomainError):
    """Only a segment that stands among the least heard is invited."""


class InvitedLately(DomainError):
    """A segment is invited once in seven days."""


def remind_of_what_closes(*, at: datetime) -> int:
    """Remind, once each: who was silent, a week before the end; who has begun and not sent, 72 and 24 hours before it. Returns
    how many reminders began. Safe twice, in parallel and late: late, only the last that is due is sent."""
    soon = Consultation.objects.accepting_at(at).filter(closes_at__lte=at + SILENT_BEFORE).closing_soonest_first()
    return sum(_remind(consultation, at=at) for consultation in soon)


def _remind(consultation: Consultation, *, at: datetime) -> bool:
    assert consultation.closes_at is not None
    left = consultation.closes_at - at
    for kind, before in DRAFTS_BEFORE:
        if left <= before:
            return _once(consultation, kind, end=consultation.closes_at, at=at)
    return _once(consultation, "silent", end=None, at=at)


def _once(consultation: Consultation, kind: str, *, end: datetime | None, at: datetime) -> bool:
    if Reminder.objects.filter(consultation=consultation, kind=kind, end=end).exists():
        return False
    try:
        with transaction.atomic():
            reminder = Reminder.objects.create(consultation=consultation, kind=kind, end=end, at=at)
            record_event("consultation.reminder", at=at, by=None, consultation=consultation.pk, reminder=reminder.pk, what=kind)
            if end is not None:
                write_to_the_public(consultation, kind, at=at)
    except IntegrityError:  # another tick was quicker
        return False
    return True


@transaction.atomic
def invite_segment(consultation: Consultation, *, nation: str, list_size: str, by: User, at: datetime) -> Reminder:
    """Invite those of a nation and list size who have not answered, when they are among the least heard; once in seven days.
    Raises NotLittleHeard, InvitedLately, Refused."""
    consultation = hold_for_a_step(consultation.pk)
    can_invite_segment(by, consultation, at).enforce()
    table = latest_figures(consultation)
    low = table.least_heard() if table else []
    if (nation, list_size) not in {(segment.nation, segment.size) for segment in low}:
        raise NotLittleHeard("Only members who are among the least heard are invited once more.")
    before = consultation.reminders.filter(kind="segment", nation=nation, list_size=list_size, at__gt=at - BETWEEN_INVITATIONS)
    if before.exists():
        raise InvitedLately("They were invited within the last seven days.")
    reminder = Reminder.objects.create(
        consultation=consultation, kind="segment", nation=nation, list_size=list_size, at=at, by=by
    )
    audit.record(
        "consultation.invite_segment",
        subject=("consultation", consultation.pk),
        by=by.pk,
        at=at,
        segment=in_words(nation, list_size),
    )
    record_event("consultation.reminder", at=at, by=by.pk, consultation=consultation.pk, reminder=reminder.pk, what="segment")
    return reminder
