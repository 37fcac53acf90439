"""Letting an officer in on seals made before they had their key, and out again when they leave.

Two other officers do it, each with their passphrase, one after the other, some hundreds of seals at a time. Nothing is opened,
and nothing lies about between the two that either could use alone (`forum.sealing`). Why it is so: docs/adr/0013-personas.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from accounts.models import User
from common import audit
from forum import permissions
from forum.actions.errors import CannotBeOpened
from forum.models import Handover, OfficerKey, Persona
from forum.sealing import (
    CannotOpenError,
    Handed,
    WrongPassphraseError,
    hand_over,
    holders_of,
    let_in,
    places_of,
    share_of,
    unlocked,
    without,
)
from notifications.events import record_event

BATCH: Final = 500
MOST_PLACES: Final = 255
GRACE: Final = timedelta(days=30)
"""An officer whose role ran out by mistake has so long until what was sealed to them is sealed to them no more."""
Keys: TypeAlias = Mapping[int, X25519PrivateKey]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What one step did: `begun` seals wait for a second officer, `finished` open to the new key from now on."""

    begun: int
    finished: int


def hand_over_seals(key: OfficerKey, *, by: User, passphrase: str, at: datetime) -> HandedOver:
    """An officer does their half for a batch of seals: first of those that another has begun, then of others. Asked again, it
    goes on. Whose key it is hears of it once a day. Raises CannotBeOpened, Refused."""
    permissions.can_let_in(by, key).enforce()
    mine = _unlocked(by, passphrase)
    with transaction.atomic():
        keys = {row.pk: row for row in OfficerKey.objects.select_for_update().order_by("pk")}  # one step at a time: places
        key = keys[key.pk]
        permissions.can_let_in(by, key).enforce()
        finished = _finish(key, by, mine, at)
        begun = _begin(key, by, mine, at, limit=BATCH - finished)
        if begun or finished:
            about = ("user", key.user_id)
            audit.record("officer_key.hand_over", subject=about, by=by.pk, at=at, key=key.pk, begun=begun, finished=finished)
        if finished:
            record_event("forum.let_in", at=at, by=None, user=key.user_id)
    return HandedOver(begun, finished)


@transaction.atomic
def drop_keys_of_who_left(*, at: datetime) -> int:
    """What was sealed to officers who left GRACE ago is sealed to them no more, as far as two others still open it; the rest
    waits until it is handed over. Returns how many seals changed. Safe twice and in parallel."""
    kept = dict(OfficerKey.objects.of_officers().values_list("pk", "user"))
    OfficerKey.objects.filter(left_at__isnull=False, dropped_at=None, pk__in=kept).update(left_at=None)
    OfficerKey.objects.filter(left_at=None).exclude(pk__in=kept).update(left_at=at)
    gone = OfficerKey.objects.filter(left_at__lte=at - GRACE, dropped_at=None)
    lost = {key.pk: key for key in gone.select_for_update(skip_locked=True)}
    if not lost:
        return 0
    Handover.objects.waiting().filter(key__in=lost).delete()
    changed, still = 0, set[int]()
    for ids in _batches():
        personas = [
            persona for persona in Persona.objects.select_for_update().filter(pk__in=ids) if _holders(persona) & lost.keys()
        ]
        for persona in personas:
            among = _holders(persona)
            if len({kept[pk] for pk in among & kept.keys()}) < 2:
                still |= among & lost.keys()
            else:
                persona.sealed_person = without(bytes(persona.sealed_person), among & lost.keys())
                changed += 1
        Persona.objects.bulk_update(personas, ["sealed_person"])
    for pk in lost.keys() - still:
        OfficerKey.objects.filter(pk=pk).update(dropped_at=at, replaced_at=lost[pk].replaced_at or at)
        audit.record("officer_key.drop", subject=("user", lost[pk].user_id), by=None, at=at, key=pk)
    return changed


def _finish(key: OfficerKey, by: User, mine: Keys, at: datetime) -> int:
    """What another officer has begun."""
    waiting = Handover.objects.waiting().filter(key=key, boxes__has_any_keys=list(map(str, mine))).exclude(first_key__user=by)
    found = list(waiting.order_by("pk")[:BATCH])
    personas = Persona.objects.select_for_update().in_bulk([handover.persona_id for handover in found])
    done, spoilt = [], []
    for handover in found:
        try:
            _let_in(personas[handover.persona_id], handover, key, mine)
        except (CannotOpenError, ValueError, KeyError):
            spoilt.append(handover.pk)  # the seal is another by now: begun anew
        else:
            done.append(handover.pk)
    Persona.objects.bulk_update(personas.values(), ["sealed_person"], batch_size=BATCH)
    Handover.objects.filter(pk__in=spoilt).delete()
    return Handover.objects.filter(pk__in=done).update(done_at=at, done_by=by, boxes={})


def _let_in(persona: Persona, handover: Handover, key: OfficerKey, mine: Keys) -> None:
    second = next(pk for pk in mine if str(pk) in handover.boxes)
    blind, part = map(bytes.fromhex, handover.boxes[str(second)])
    sealed, about = bytes(persona.sealed_person), persona.sealed_about
    persona.sealed_person = let_in(
        sealed,
        Handed(blind, part),
        share_of(sealed, second, mine[second], about=about),
        mine[second],
        first=places_of(sealed)[handover.first_key_id],
        place=handover.place,
        new=key.pk,
        new_public=bytes(key.public),
        about=about,
    )


def _begin(key: OfficerKey, by: User, mine: Keys, at: datetime, *, limit: int) -> int:
    """What nobody has begun and `by` has a share of, together with somebody who can be the second."""
    others = OfficerKey.objects.of_officers().exclude(user__in=[by.pk, key.user_id])
    publics = {other.pk: bytes(other.public) for other in others}
    begun = Handover.objects.filter(persona=OuterRef("pk"), key=key)
    taken = dict(Handover.objects.values_list("persona").annotate(Max("place")).order_by())
    made: list[Handover] = []
    for persona in Persona.objects.filter(~Exists(begun), created_at__lt=key.made_at).order_by("pk").iterator(BATCH):
        if len(made) >= limit:
            break
        handover = _begun(persona, key, mine, publics, place=taken.get(persona.pk, 0) + 1, at=at)
        if handover is not None:
            made.append(handover)
    return len(Handover.objects.bulk_create(made, batch_size=BATCH))


def _begun(
    persona: Persona, key: OfficerKey, mine: Keys, publics: Mapping[int, bytes], *, place: int, at: datetime
) -> Handover | None:
    """`place`: the first that no handover of it took."""
    among = _holders(persona)
    first = next((pk for pk in mine if pk in among), None)
    seconds = among & publics.keys()
    if first is None or not seconds or key.pk in among:
        return None
    sealed, about = bytes(persona.sealed_person), persona.sealed_about
    places = places_of(sealed)
    place = max(place, *(one + 1 for one in places.values()))
    if place > MOST_PLACES:
        return None
    share, boxes = share_of(sealed, first, mine[first], about=about), {}
    for second in seconds:
        handed = hand_over(
            share,
            second=places[second],
            second_public=publics[second],
            place=place,
            new_public=bytes(key.public),
            about=about,
        )
        boxes[str(second)] = [handed.blind.hex(), handed.part.hex()]
    return Handover(persona=persona, key=key, place=place, boxes=boxes, first_key_id=first, handed_at=at)


def _unlocked(by: User, passphrase: str) -> Keys:
    """The keys of theirs, old and new, that the passphrase opens."""
    opened: dict[int, X25519PrivateKey] = {}
    for key in OfficerKey.objects.filter(user=by).order_by("-pk"):
        try:
            opened[key.pk] = unlocked(bytes(key.locked_private), passphrase)
        except WrongPassphraseError:
            continue
    if not opened:
        raise CannotBeOpened("This passphrase does not open your key. It is the one you set for opening pseudonyms.")
    return opened


def _holders(persona: Persona) -> frozenset[int]:
    """None of a seal that cannot be read: it must not hold the others up."""
    try:
        return holders_of(bytes(persona.sealed_person))
    except CannotOpenError:
        return frozenset()


def _batches() -> list[list[int]]:
    ids = list(Persona.objects.order_by("pk").values_list("pk", flat=True))
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
