"""Opening a consultation, and giving it more time."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.discussion import tell_the_topic
from consultation.actions.eligible import freeze_eligible
from consultation.actions.holding import hold_for_a_step
from consultation.actions.ledger import set_up_the_box
from consultation.actions.questionnaire import draft_version
from consultation.actions.record import record_transition
from consultation.calendar import close_of, days_open, earliest_last_day, last_day
from consultation.models import Consultation
from consultation.permissions import can_extend, can_open
from consultation.questionnaire import digest
from consultation.readers.holders import is_detached
from consultation.readers.questionnaires import written
from consultation.readers.readiness import gaps_before_opening
from consultation.readers.reviewing import text_digest
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
    consultation: Consultation,
    *,
    category: Category,
    by: User,
    at: datetime,
    closes_on: date | None = None,
    by_the_clock: bool = False,
) -> Consultation:
    """Put it to the members: freeze the questionnaire under its hash and the list of who may answer, open its discussion topic in
    `category` with a link each way, start the clock. It closes at 23:59 London time of `closes_on` (default: after the days
    written in the draft). `by_the_clock`: `by` scheduled it, and the record says so. Raises NotReadyToOpen, TooShort, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_open(by, consultation).enforce()
    refuse_unready(consultation, at=at)
    closes_on = closes_on or last_day(at, consultation.days)
    refuse_too_short(closes_on, opens_at=at)
    before = consultation.state_at(at)
    version = draft_version(consultation)
    version.canonical = written(version).as_dict()
    version.digest = digest(version.canonical)
    version.published_at = at
    version.save()
    consultation.eligible_at_opening = freeze_eligible(consultation, at=at)
    if is_detached(consultation):
        set_up_the_box(consultation)
    consultation.opened_at, consultation.opened_by, consultation.closes_at = at, by, close_of(closes_on)
    consultation.topic = start_topic(
        category, by=by, title=consultation.title, body=discussion_text(consultation), at=at, kind=Topic.Kind.CONSULTATION
    )
    consultation.save()
    tell_the_topic(consultation, at=at)
    days = days_open(at, consultation.closes_at)
    who = f"{consultation.eligible_at_opening:,} may answer; the list is kept as of now."
    note = f"Open for {days} days. {who} Questionnaire {version.number}, SHA-256 {version.digest}."
    actor = None if by_the_clock else by
    record_transition(consultation, verb="open", before=before, after=consultation.state_at(at), by=actor, at=at, note=note)
    record_event("consultation.opened", at=at, by=by.pk, consultation=consultation.pk)
    return consultation


@transaction.atomic
def extend_consultation(consultation: Consultation, *, closes_on: date, reason: str, by: User, at: datetime) -> Consultation:
    """Give more time, never less; the reason is public. Raises TooShort."""
    consultation = hold_for_a_step(consultation.pk)
    can_extend(by, consultation, at).enforce()
    closes_at = close_of(closes_on)
    if consultation.closes_at is None or closes_at <= consultation.closes_at:
        raise TooShort("A consultation can be extended, never shortened: choose a later day.")
    consultation.closes_at = closes_at
    consultation.save(update_fields=["closes_at"])
    tell_the_topic(consultation, at=at)
    note = f"Extended to {closes_on:%A %-d %B %Y}, 23:59. {reason}".strip()
    here = consultation.state_at(at)
    record_transition(consultation, verb="extend", before=here, after=here, by=by, at=at, note=note)
    return consultation


def refuse_unready(consultation: Consultation, *, at: datetime) -> None:
    """Raises NotReadyToOpen where something is missing, or where the text is not the very one that was approved."""
    gaps = gaps_before_opening(consultation, at=at)
    if gaps:
        raise NotReadyToOpen("It cannot open yet. " + " ".join(gap.sentence for gap in gaps))
    if consultation.approved_digest != text_digest(consultation):
        raise NotReadyToOpen("The text is not the one that was approved. Ask for another review.")


def refuse_too_short(closes_on: date, *, opens_at: datetime) -> None:
    """Raises TooShort where members would have less than 28 days."""
    if closes_on < earliest_last_day(opens_at):
        raise TooShort(f"Members need 28 days at least: choose {earliest_last_day(opens_at):%-d %B %Y} or later.")
