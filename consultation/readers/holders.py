"""Whose a draft or a response is. Named: its user. Confidential: whoever's tag it carries; no row leads from the tag to a
person, so that one asks “is it this person's?”, never “whose is it?”."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import BinaryField, Exists, Func, OuterRef, Q, QuerySet, Value

from accounts.models import User
from consultation.confidentiality import ADDRESS_TAG, pads, tag_of, unwrapped
from consultation.models import Consultation, Draft, HolderKey, Response

NOBODYS: Final = Q(pk__in=[])


def is_confidential(consultation: Consultation) -> bool:
    return consultation.identity_mode == Consultation.Identity.CONFIDENTIAL


def is_detached(consultation: Consultation) -> bool:
    """Neither drafts nor responses are held there: `readers.ballots`."""
    return consultation.identity_mode == Consultation.Identity.DETACHED


def held_by(consultation: Consultation, user_id: int | None) -> Q:
    """Responses, or drafts, of this consultation that are this person's: to be asked of its own rows alone. One statement where
    it is confidential, else none."""
    if not is_confidential(consultation):
        return Q(user=user_id)
    key = _key_of(consultation)
    return NOBODYS if key is None or user_id is None else Q(holder_tag=tag_of(key, user_id))


def tag_for(consultation: Consultation, user_id: int) -> bytes | None:
    """The tag of this person in a confidential one, whether or not a row carries it; None where no key is kept. One statement."""
    key = _key_of(consultation)
    return None if key is None else tag_of(key, user_id)


def held_by_each(consultation: Consultation, column: str) -> Q:
    """In a subquery over responses or drafts of this consultation: those of the member whom the outer row's `column` names. The
    database works the tags out, so that one statement asks for everybody. One statement where it is confidential, else none."""
    if not is_confidential(consultation):
        return Q(user=OuterRef(column))
    key = _key_of(consultation)
    if key is None:
        return NOBODYS
    outer, inner = (Value(pad, output_field=BinaryField()) for pad in pads(key))
    member = Func(OuterRef(column), function="int8send", output_field=BinaryField())
    return Q(holder_tag=_sha256(outer, _sha256(inner, member)))


def address_tag_of_each(consultation: Consultation, column: str) -> Func | None:
    """In a subquery: the tag of the address that the outer row's `column` spells, worked out by the database; None where no key
    is kept. One statement."""
    key = _key_of(consultation)
    if key is None:
        return None
    outer, inner = (Value(pad, output_field=BinaryField()) for pad in pads(key))
    spelt = Func(OuterRef(column), Value("UTF8"), function="convert_to", output_field=BinaryField())
    return _sha256(outer, _sha256(inner, Value(ADDRESS_TAG, output_field=BinaryField()), spelt))


def holders_of(rows: "QuerySet[Any]", consultation: Consultation, *, after: int, limit: int) -> Sequence[int]:
    """The ids of the people whose these responses or drafts are, beyond `after`, in order, at most `limit`. Nothing that comes
    out says which row is whose."""
    theirs = rows.filter(held_by_each(consultation, "pk"))
    people = User.objects.filter(Exists(theirs), is_active=True, pk__gt=after).order_by("pk")
    return list(people.values_list("pk", flat=True)[:limit])


def confidential_drafts(user_id: int, among: "QuerySet[Consultation]") -> list[Draft]:
    """This person's drafts in confidential ones of these consultations. One statement where there are none, else two."""
    keys = list(HolderKey.objects.filter(consultation__in=among))
    if not keys:
        return []
    tags = Q()
    for kept in keys:
        tags |= Q(version__consultation=kept.consultation_id, holder_tag=tag_of(_unwrapped(kept), user_id))
    return list(Draft.objects.filter(tags).select_related("version__consultation"))


def drafts_of_each(user_ids: Collection[int], *, at: datetime) -> dict[int, list[Draft]]:
    """By person, their drafts in consultations that take answers now and are not detached; the one that closes first on top.
    Whoever has none is left out. Two statements, three where a confidential one is open."""
    accepting = Consultation.objects.accepting_at(at)
    named = Draft.objects.filter(user__in=list(user_ids), version__consultation__in=accepting)
    found = [(draft.user_id, draft) for draft in named.select_related("version__consultation")]
    tags = {
        (kept.consultation_id, tag_of(key, user_id)): user_id
        for kept in HolderKey.objects.filter(consultation__in=accepting)
        for key in [_unwrapped(kept)]
        for user_id in user_ids
    }
    if tags:
        held = Draft.objects.filter(version__consultation__in=accepting, holder_tag__in=[tag for _, tag in tags])
        found += [
            (tags.get((draft.version.consultation_id, bytes(draft.holder_tag or b""))), draft)
            for draft in held.select_related("version__consultation")
        ]
    theirs: dict[int, list[Draft]] = {}
    for user_id, draft in sorted(found, key=lambda each: (each[1].version.consultation.closes_at or at, each[1].pk)):
        if user_id is not None:
            theirs.setdefault(user_id, []).append(draft)
    return theirs


def mine_among(user_id: int, rows: Iterable[Consultation]) -> dict[int, tuple[Draft | None, Response | None]]:
    """For the confidential ones of these consultations, by id: this person's draft and current response. No statement where there
    are none, else three."""
    asked = [each.pk for each in rows if is_confidential(each)]
    if not asked:
        return {}
    tags = {kept.consultation_id: tag_of(_unwrapped(kept), user_id) for kept in HolderKey.objects.filter(consultation__in=asked)}
    drafts = Draft.objects.filter(version__consultation__in=tags, holder_tag__in=tags.values()).select_related("version")
    begun = {draft.version.consultation_id: draft for draft in drafts.order_by("version")}
    sent = Response.objects.filter(consultation__in=tags, holder_tag__in=tags.values(), is_current=True)
    answered = {response.consultation_id: response for response in sent}
    return {pk: (begun.get(pk), answered.get(pk)) for pk in asked}


def _sha256(*parts: Any) -> Func:
    """Of the parts one behind the other."""
    return Func(*parts, function="sha256", arg_joiner=" || ", output_field=BinaryField())


def _key_of(consultation: Consultation) -> bytes | None:
    kept = HolderKey.objects.filter(consultation=consultation.pk).first()
    return None if kept is None else _unwrapped(kept)


def _unwrapped(kept: HolderKey) -> bytes:
    return unwrapped(bytes(kept.wrapped), under=settings.CONSULTATION_KEY, consultation=kept.consultation_id)
