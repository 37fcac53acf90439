"""Who holds a draft or a response, as it is written down: by name, or by a tag."""

from datetime import datetime, time
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Facts, User
from common.clock import london_day, london_moment
from consultation import confidentiality, detachment
from consultation.confidentiality import FACTS, facts_kept, new_key, tag_of, unwrapped, wrapped
from consultation.models import Consultation, Eligible, HolderKey
from consultation.readers.holders import is_confidential
from consultation.readers.seats import Seat, Writer

_LEAST: Final = {
    Consultation.Identity.CONFIDENTIAL: confidentiality.LEAST_CELL,
    Consultation.Identity.DETACHED: detachment.LEAST_CELL,
}


def holder_of(consultation: Consultation, by: Writer) -> dict[str, object]:
    """The columns that say whose a row of this consultation is. Makes the key of a confidential one where there is none yet."""
    if isinstance(by, Seat):
        return by.columns
    if not is_confidential(consultation):
        return {"user": by}
    return {"holder_tag": tag_of(key_of(consultation), by.pk)}


def key_of(consultation: Consultation) -> bytes:
    """The consultation's own key, made where there is none yet."""
    fresh = {"wrapped": wrapped(new_key(), under=settings.CONSULTATION_KEY, consultation=consultation.pk)}
    kept, _ = HolderKey.objects.get_or_create(consultation_id=consultation.pk, defaults=fresh)
    return unwrapped(bytes(kept.wrapped), under=settings.CONSULTATION_KEY, consultation=consultation.pk)


def hold_the_member(consultation: Consultation, by: Writer) -> None:
    """Two requests of one member, or of one party, follow each other until the transaction ends. A lock of the member's row would
    leave the transaction's number in it, which a confidential answer carries too: there the lock is one that leaves no trace."""
    if isinstance(by, Seat):
        row = by.entry or by.party
        assert row is not None
        type(row)._default_manager.select_for_update(no_key=True).only("pk").get(pk=row.pk)
        return
    if not is_confidential(consultation):
        User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [f"{consultation.pk} {by.pk}"])


def moment_kept(consultation: Consultation, at: datetime, *, by: Writer | None = None) -> datetime:
    """When something was sent, as it is kept: of a confidential answer only the day, told as its first moment in London."""
    if isinstance(by, Seat) and by.is_named:
        return at
    return london_moment(london_day(at), time(0)) if is_confidential(consultation) else at


def facts_with(consultation: Consultation, by: Writer) -> dict[str, str]:
    """The banded facts that are kept with an answer, as declared now; empty where not stated. With a confidential one only as far
    as ten of those who may answer share them, with a ballot twenty. One statement, and one more there."""
    if isinstance(by, Seat):
        return by.facts
    declared = Facts.objects.filter(user=by).first()
    facts = {name: getattr(declared, name) if declared else "" for name in FACTS}
    least = _LEAST.get(Consultation.Identity(consultation.identity_mode))
    return facts if least is None else facts_kept(facts, _cells(consultation, facts), least=least)


def forget_holders(consultation: Consultation) -> None:
    """At archiving, inside its transaction: from now on no tag leads to anybody. Safe to call twice."""
    HolderKey.objects.filter(consultation=consultation).delete()


def _cells(consultation: Consultation, facts: dict[str, str]) -> list[int]:
    """How many of those on the list of who may answer share the first, the first two, … of the facts that are stated. One
    statement."""
    listed = Eligible.objects.filter(consultation=consultation, user=OuterRef("user"))
    shared, counts = Q(), {}
    for name in (name for name in FACTS if facts[name]):
        shared &= Q(**{name: facts[name]})
        counts[f"as_far_as_{name}"] = Count("pk", filter=shared)
    return list(Facts.objects.filter(Exists(listed)).aggregate(**counts).values()) if counts else []
