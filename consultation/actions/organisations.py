"""Answering for an organisation: who begins it, who writes it with them, who may send it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.query import QuerySet

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.actions.drafting import enforce_as_seen
from consultation.actions.holding import hold_open
from consultation.keys import name_key
from consultation.models import Colleague, Consultation, Party
from consultation.permissions import can_begin_for_organisation, can_fill_in, can_join_colleagues, can_speak_for
from consultation.readers.seats import Seat
from notifications.events import record_event


class NameAlreadyThere(DomainError):
    """An answer for an organisation of this name is there. Nothing is merged: it may be another one."""


class NotAsked(DomainError):
    """Nobody asked this person, or they are in already."""


class CannotBeAsked(DomainError):
    """They cannot join. `str()` says why."""


class LastWhoMaySend(DomainError):
    """Somebody has to be left who may send it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What an organisation says of itself and of its answer."""

    name: str
    sort: str
    on_behalf_of: str
    authority: str
    agreed: str
    speaks_for: int | None

    @property
    def columns(self) -> dict[str, object]:
        names = ("sort", "on_behalf_of", "authority", "agreed", "speaks_for")
        name = " ".join(self.name.split())
        return {"name": name, "name_key": name_key(name)} | {each: getattr(self, each) for each in names}


@transaction.atomic
def begin_for_organisation(
    consultation: Consultation, statement: Statement, *, by: User, at: datetime, is_another: bool = False
) -> Party:
    """Begin its draft; who begins it may send it. Where one of this name is there, only with `is_another`: told, never merged.
    Raises NameAlreadyThere, Refused."""
    consultation = hold_open(consultation.pk, one_by_one=f"organisation {name_key(statement.name)}")
    can_begin_for_organisation(by, consultation, at).enforce()
    party = party_of(consultation, statement, at=at, is_another=is_another)
    Colleague.objects.create(party=party, user=by, invited_at=at, joined_at=at, may_send=True)
    _record("begin", party, by=by, at=at)
    return party


def party_of(consultation: Consultation, statement: Statement, *, at: datetime, is_another: bool = False) -> Party:
    """Inside a transaction: the organisation's row. Raises NameAlreadyThere."""
    told = statement.columns
    if not is_another:
        _enforce_new_name(consultation, str(told["name_key"]))
    return Party.objects.create(consultation=consultation, kind=Party.Kind.ORGANISATION, created_at=at, **told)


@transaction.atomic
def change_statement(
    seat: Seat, statement: Statement, *, by: User, at: datetime, is_another: bool = False, as_seen: str = ""
) -> Party:
    """Say something else of the organisation, until the close: whoever may send its answer. Raises NameAlreadyThere, Refused, and
    ChangedMeanwhile where it is not `as_seen` any more."""
    party = _held(seat)
    can_fill_in(seat, party.consultation, at).enforce()
    can_speak_for(seat).enforce()
    enforce_as_seen(party, as_seen)
    told = statement.columns
    if told["name_key"] != party.name_key and not is_another:
        _enforce_new_name(party.consultation, str(told["name_key"]))
    for name, value in told.items():
        setattr(party, name, value)
    party.save(update_fields=list(told))
    _record("change", party, by=by, at=at)
    return party


@transaction.atomic
def ask_colleague(seat: Seat, person: User, *, by: User, at: datetime) -> Colleague:
    """Ask a verified member to write it too: whoever is in may ask. Asked twice is asked once. Raises CannotBeAsked, Refused."""
    party = _held(seat)
    can_fill_in(seat, party.consultation, at).enforce()
    may = can_join_colleagues(person)
    if not may:
        raise CannotBeAsked("Only verified members can write an organisation’s answer.")
    row, made = Colleague.objects.get_or_create(
        party=party, user=person, ended_at=None, defaults={"invited_by": by, "invited_at": at}
    )
    if made:
        record_event("consultation.colleague_asked", at=at, by=by.pk, colleague=row.pk)
    return row


@transaction.atomic
def join_colleagues(party: Party, *, by: User, at: datetime) -> Colleague:
    """Say yes. Safe to call twice. Raises NotAsked, Refused."""
    row = _asked(party, by)
    can_join_colleagues(by).enforce()
    if row.joined_at is None:
        row.joined_at = at
        row.save(update_fields=["joined_at"])
        _record("join", party, by=by, at=at)
    return row


@transaction.atomic
def leave_colleagues(party: Party, *, by: User, at: datetime) -> None:
    """Say no, or leave. Whoever alone may send it hands that on first, unless nobody else is in. Raises NotAsked,
    LastWhoMaySend."""
    row = _asked(party, by)
    others = _in(party).exclude(pk=row.pk)
    if row.may_send and others.exists() and not others.filter(may_send=True).exists():
        raise LastWhoMaySend("You alone may send it: let a colleague send it first, then leave.")
    _end(row, by=by, at=at)


@transaction.atomic
def take_out_colleague(seat: Seat, colleague: Colleague, *, by: User, at: datetime) -> None:
    """End somebody’s part, or take back that they were asked: whoever may send it. What they wrote stays. Raises Refused."""
    party = _held(seat)
    can_speak_for(seat).enforce()
    row = Colleague.objects.filter(party=party, pk=colleague.pk, ended_at=None).first()
    if row is not None and row.user_id != by.pk:
        _end(row, by=by, at=at)


@transaction.atomic
def let_send(seat: Seat, colleague: Colleague, *, by: User, at: datetime) -> None:
    """Somebody who is in may send it too. Raises Refused."""
    party = _held(seat)
    can_speak_for(seat).enforce()
    if _in(party).filter(pk=colleague.pk, may_send=False).update(may_send=True):
        _record("let_send", party, by=by, at=at, user=colleague.user_id)


def _held(seat: Seat) -> Party:
    """Locked: who is in does not change meanwhile."""
    assert seat.party is not None
    return Party.objects.select_for_update(no_key=True, of=["self"]).select_related("consultation").get(pk=seat.party.pk)


def _asked(party: Party, by: User) -> Colleague:
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)
    row = Colleague.objects.filter(party=party, user=by, ended_at=None).first()
    if row is None:
        raise NotAsked("Nobody asks you to write it, or you left.")
    return row


def _in(party: Party) -> "QuerySet[Colleague]":
    return Colleague.objects.filter(party=party, joined_at__isnull=False, ended_at=None)


def _end(row: Colleague, *, by: User, at: datetime) -> None:
    row.ended_at, row.ended_by, row.may_send = at, by, False
    row.save(update_fields=["ended_at", "ended_by", "may_send"])
    _record("leave" if row.user_id == by.pk else "take_out", row.party, by=by, at=at, user=row.user_id)


def _enforce_new_name(consultation: Consultation, key: str) -> None:
    if Party.objects.filter(consultation=consultation, kind=Party.Kind.ORGANISATION, name_key=key).exists():
        raise NameAlreadyThere(
            "An answer for an organisation of this name is begun already. If it is yours, ask the colleague who began it to let "
            "you in. If it is another one of the same name, say so below."
        )


def _record(verb: str, party: Party, *, by: User, at: datetime, **details: Any) -> None:
    subject = ("consultation", party.consultation_id)
    audit.record(f"consultation.organisation_{verb}", subject=subject, by=by.pk, at=at, party=party.pk, **details)
