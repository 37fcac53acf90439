"""A member takes back what they sent, or leaves for good: answers and nonce go, a leaf that is public stays and means nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from common import audit
from common.clock import london_day
from common.errors import DomainError
from consultation.actions.entries import forget_entries
from consultation.actions.guests import forget_guest
from consultation.actions.holders import hold_the_member
from consultation.actions.holding import hold_open
from consultation.models import MEMBERS, Consultation, Departure, Draft, Entry, HolderKey, Party, Response, Root
from consultation.permissions import can_take_back
from consultation.readers.holders import held_by
from consultation.readers.seats import Seat, Writer, theirs


class NothingToTakeBack(DomainError):
    """There is no response of this member."""


@transaction.atomic
def take_back_response(consultation: Consultation, *, by: Writer, at: datetime) -> None:
    """Delete every revision that `by` sent, or their party, with answers, receipts and draft. Once the leaves are fixed, one
    departure is written for the books, without a name. Safe twice at once. Raises NothingToTakeBack, Refused."""
    consultation = hold_open(consultation.pk)
    can_take_back(by, consultation, at).enforce()
    hold_the_member(consultation, by)
    kind, actor = (by.kind, by.user) if isinstance(by, Seat) else (MEMBERS, by)
    why = Departure.Why.ERASED if consultation.published_at is not None else Departure.Why.WITHDRAWN
    there = _remove(consultation, theirs(consultation, by), kind=kind, why=why, at=at)
    if isinstance(by, Seat) and by.user is None and by.party is not None:
        forget_guest(by.party)
    elif not there:
        raise NothingToTakeBack("There is nothing to take back: you have sent no answer.")
    audit.record("consultation.take_back", subject=("consultation", consultation.pk), by=actor.pk if actor else None, at=at)


def erase_responses_of(user_id: int, *, at: datetime) -> int:
    """All that somebody sent or drafted anywhere, for good, when their account is erased: also where results are published, whose
    numbers stay; not where a confidential one is archived, since nobody can find theirs there, and not in a detached one:
    their mark stays, as one of a count, and nobody can find their ballot, nor what they began. Returns in how many they had
    answered. Safe to call twice, in parallel, and after a crash: each consultation is a transaction of its own, so that no row
    of one that is confidential is written beside one with a name."""
    sent = Response.objects.filter(user=user_id).values_list("consultation", flat=True)
    entered = Entry.objects.filter(user=user_id).values_list("consultation", flat=True)
    drafted = Draft.objects.filter(user=user_id).values_list("version__consultation", flat=True)
    where = sorted({*sent, *entered, *drafted, *HolderKey.objects.values_list("consultation", flat=True)})
    gone = 0
    for pk in where:
        gone += _erase_in(pk, user_id, at=at)
    return gone


@transaction.atomic
def _erase_in(consultation_id: int, user_id: int, *, at: datetime) -> bool:
    consultation = hold_open(consultation_id)
    return _remove(consultation, held_by(consultation, user_id), kind=MEMBERS, why=Departure.Why.ERASED, at=at)


@transaction.atomic
def erase_guest_responses(party: Party, *, at: datetime) -> None:
    """The same of what somebody of the public sent or began, with the party itself. Safe to call twice."""
    consultation = hold_open(party.consultation_id)
    _remove(consultation, Q(party=party), kind=party.kind, why=Departure.Why.ERASED, at=at)
    forget_guest(party)


def _remove(consultation: Consultation, who: Q, *, kind: str, why: Departure.Why, at: datetime) -> bool:
    Draft.objects.filter(who, version__consultation=consultation).delete()
    mine = Response.objects.filter(who, consultation=consultation)
    held = mine.filter(is_current=True).select_for_update(of=("self",))  # who comes second finds nothing
    was_counted = bool(list(held.values_list("pk", flat=True)))
    forget_entries(Entry.objects.filter(who, consultation=consultation))
    mine.delete()
    if was_counted and Root.objects.filter(consultation=consultation).exists():
        Departure.objects.create(consultation=consultation, kind=kind, why=why, day=london_day(at))
    return was_counted
