"""Opening at a stated moment: announced to everybody, carried out by the tick out of the row, to be put off with a reason."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.standing import standing_now
from common.errors import DomainError
from common.moments import in_words
from common.verdicts import Refused
from consultation.actions.opening import open_consultation, refuse_too_short, refuse_unready
from consultation.actions.record import record_transition
from consultation.models import Consultation, State
from consultation.permissions import can_put_off, can_schedule
from forum.models import Category
from forum.permissions import can_start
from notifications.events import record_event


class NotInTheFuture(DomainError):
    """An opening is scheduled for later; what is to open now is opened."""


@transaction.atomic
def schedule_consultation(
    consultation: Consultation, *, opens_at: datetime, closes_on: date, category: Category, by: User, at: datetime
) -> Consultation:
    """Announce the moment of the opening. The text stays as it was approved; everybody can read it from now on. Raises
    NotInTheFuture, TooShort, NotReadyToOpen, Refused."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_schedule(by, consultation).enforce()
    can_start(by, category).enforce()
    if opens_at <= at:
        raise NotInTheFuture("Choose a moment that is still to come, or open it at once.")
    refuse_too_short(closes_on, opens_at=opens_at)
    refuse_unready(consultation, at=at)
    consultation.scheduled_at, consultation.scheduled_by = at, by
    consultation.opens_at, consultation.last_day, consultation.category = opens_at, closes_on, category
    consultation.save(update_fields=_PLAN)
    when = in_words(opens_at, now=at, style="full")
    note = f"Opens {when}, London time; closes {closes_on:%-d %B %Y}, 23:59."
    record_transition(consultation, verb="schedule", before=State.REVIEW, after=State.SCHEDULED, by=by, at=at, note=note)
    return consultation


@transaction.atomic
def put_off_opening(consultation: Consultation, *, reason: str, by: User, at: datetime) -> Consultation:
    """It opens by itself no more; the approval of its text stays. The reason stands in the record."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_put_off(by, consultation).enforce()
    _forget_the_plan(consultation)
    note = f"The opening is put off. {reason}".strip()
    record_transition(consultation, verb="put_off", before=State.SCHEDULED, after=State.REVIEW, by=by, at=at, note=note)
    return consultation


def open_what_is_due(*, at: datetime) -> int:
    """Open every consultation whose hour has come. Returns how many. Safe twice, in parallel and late: late, it is open from the
    moment that this happens, and has its 28 days."""
    due = list(Consultation.objects.due_to_open(at).order_by("opens_at", "pk").values_list("pk", flat=True))
    return sum(_open(pk, at=at) for pk in due)


@transaction.atomic
def _open(consultation_id: int, *, at: datetime) -> bool:
    due = Consultation.objects.due_to_open(at).filter(pk=consultation_id).select_for_update(of=["self"], skip_locked=True)
    consultation = due.select_related("category").first()
    if consultation is None or consultation.scheduled_by_id is None or consultation.category is None:
        return False
    by = standing_now(consultation.scheduled_by_id)
    try:
        with transaction.atomic():
            open_consultation(
                consultation, category=consultation.category, closes_on=consultation.last_day, by=by, at=at, by_the_clock=True
            )
    except (DomainError, Refused) as refusal:
        _forget_the_plan(consultation)
        note = f"It could not open by itself: {refusal}"[:600]
        record_transition(consultation, verb="not_opened", before=State.SCHEDULED, after=State.REVIEW, by=None, at=at, note=note)
        record_event("consultation.review", at=at, by=None, consultation=consultation.pk, what="not_opened")
        return False
    return True


_PLAN = ("scheduled_at", "scheduled_by", "opens_at", "last_day", "category")


def _forget_the_plan(consultation: Consultation) -> None:
    for name in _PLAN:
        setattr(consultation, name, None)
    consultation.save(update_fields=_PLAN)
