"""A member takes back what they sent, or leaves for good: answers and nonce go, a leaf that is public stays and means nothing."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from common.clock import london_day
from common.errors import DomainError
from consultation.actions.holders import hold_the_member
from consultation.models import Consultation, Departure, Draft, HolderKey, Response, Root
from consultation.permissions import can_take_back
from consultation.readers.holders import held_by


class NothingToTakeBack(DomainError):
    """There is no response of this member."""


@transaction.atomic
def take_back_response(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Delete every revision that `by` sent, with answers, receipts and draft. Once the leaves are fixed, one departure is written
    for the books, without a name. Safe twice at once. Raises NothingToTakeBack, Refused."""
    consultation = _held(consultation.pk)
    can_take_back(by, consultation, at).enforce()
    hold_the_member(consultation, by)
    if not _remove(consultation, by.pk, why=Departure.Why.WITHDRAWN, at=at):
        raise NothingToTakeBack("There is nothing to take back: you have sent no answer.")
    audit.record("consultation.take_back", subject=("consultation", consultation.pk), by=by.pk, at=at)


@transaction.atomic
def erase_responses_of(user_id: int, *, at: datetime) -> int:
    """All that somebody sent or drafted anywhere, for good, when their account is erased: also where results are published, whose
    numbers stay; not where a confidential one is archived, since nobody can find theirs there, and not in a detached one:
    their mark stays, as one of a count, and nobody can find their ballot, nor what they began. Returns in how many they had
    answered. Safe to call twice."""
    sent = Response.objects.filter(user=user_id).values_list("consultation", flat=True)
    drafted = Draft.objects.filter(user=user_id).values_list("version__consultation", flat=True)
    where = sorted({*sent, *drafted, *HolderKey.objects.values_list("consultation", flat=True)})
    return sum(_remove(_held(pk), user_id, why=Departure.Why.ERASED, at=at) for pk in where)


def _held(consultation_id: int) -> Consultation:
    """For sharing: neither the closing work nor a publication slips in between."""
    rows = Consultation.objects.raw("SELECT * FROM consultation_consultation WHERE id = %s FOR SHARE", [consultation_id])
    return rows[0]


def _remove(consultation: Consultation, user_id: int, *, why: Departure.Why, at: datetime) -> bool:
    who = held_by(consultation, user_id)
    Draft.objects.filter(who, version__consultation=consultation).delete()
    mine = Response.objects.filter(who, consultation=consultation)
    was_counted = mine.filter(is_current=True).exists()
    mine.delete()
    if was_counted and Root.objects.filter(consultation=consultation).exists():
        Departure.objects.create(consultation=consultation, why=why, day=london_day(at))
    return was_counted
