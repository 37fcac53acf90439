"""Opening a consultation, and giving it more time."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.discussion import tell_the_topic
from consultation.actions.questionnaire import draft_version
from consultation.actions.record import record_transition
from consultation.calendar import close_of, days_open, earliest_last_day, last_day
from consultation.models import Consultation, State
from consultation.permissions import can_extend, can_open
from consultation.questionnaire import digest
from consultation.readers.questionnaires import written
from consultation.readers.readiness import gaps_before_opening
from consultation.wording import discussion_text
from forum.actions.topics import start_topic
from forum.models import Category, Topic
from notifications.events import record_event


class NotReadyToOpen(DomainError):
    """Something is missing; `str()` lists it."""


class TooShort(DomainError):
    """A consultation lasts 28 days at least, and an extension is later than the end it had."""


@transaction.atomic
def open_consultation(
    consultation: Consultation, *, category: Category, by: User, at: datetime, closes_on: date | None = None
) -> Consultation:
    """Put it to the members: freeze the questionnaire under its hash, open its discussion topic in `category` with a link each
    way, start the clock. It closes at 23:59 London time of `closes_on` (default: after the days written in the draft). Raises
    NotReadyToOpen, TooShort, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_open(by, consultation).enforce()
    gaps = gaps_before_opening(consultation)
    if gaps:
        raise NotReadyToOpen("It cannot open yet. " + " ".join(gap.sentence for gap in gaps))
    closes_on = closes_on or last_day(at, consultation.days)
    if closes_on < earliest_last_day(at):
        raise TooShort(f"Members need 28 days at least: choose {earliest_last_day(at):%-d %B %Y} or later.")
    version = draft_version(consultation)
    version.canonical = written(version).as_dict()
    version.digest = digest(version.canonical)
    version.published_at = at
    version.save()
    consultation.opened_at, consultation.opened_by, consultation.closes_at = at, by, close_of(closes_on)
    consultation.topic = start_topic(
        category, by=by, title=consultation.title, body=discussion_text(consultation), at=at, kind=Topic.Kind.CONSULTATION
    )
    consultation.save()
    tell_the_topic(consultation, at=at)
    days = days_open(at, consultation.closes_at)
    note = f"Open for {days} days. Questionnaire {version.number}, SHA-256 {version.digest}."
    record_transition(consultation, verb="open", before=State.DRAFT, after=State.OPEN, by=by, at=at, note=note)
    record_event("consultation.opened", at=at, by=by.pk, consultation=consultation.pk)
    return consultation


@transaction.atomic
def extend_consultation(consultation: Consultation, *, closes_on: date, reason: str, by: User, at: datetime) -> Consultation:
    """Give more time, never less; the reason is public. Raises TooShort."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_extend(by, consultation, at).enforce()
    closes_at = close_of(closes_on)
    if consultation.closes_at is None or closes_at <= consultation.closes_at:
        raise TooShort("A consultation can be extended, never shortened: choose a later day.")
    consultation.closes_at = closes_at
    consultation.save(update_fields=["closes_at"])
    tell_the_topic(consultation, at=at)
    note = f"Extended to {closes_on:%A %-d %B %Y}, 23:59. {reason}".strip()
    record_transition(consultation, verb="extend", before=State.OPEN, after=State.OPEN, by=by, at=at, note=note)
    return consultation
