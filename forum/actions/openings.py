"""Opening a pseudonym: asked for with a reason, done by two officers with their passphrases, told to its author.

Between the first and the second nothing lies about that one officer could use alone: the first's share is boxed to the others'
keys. Why it is so: docs/adr/0013-personas.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db import transaction

from accounts.models import User
from common import audit
from forum import permissions
from forum.actions.errors import CannotBeOpened, OpeningOver, OpeningUnclear
from forum.models import OfficerKey, Opening, Persona
from forum.sealing import (
    PASSPHRASE_MIN,
    CannotOpenError,
    Share,
    WrongPassphraseError,
    boxed,
    holders_of,
    new_key_pair,
    opened,
    share_of,
    unboxed,
    unlocked,
)
from notifications.events import record_event


def set_passphrase(*, by: User, passphrase: str, at: datetime) -> OfficerKey:
    """A key pair under this passphrase, for what is sealed from now on. The one before stays for what was sealed to it, under its
    own passphrase. Raises OpeningUnclear, Refused."""
    permissions.can_hold_a_key(by).enforce()
    if len(passphrase) < PASSPHRASE_MIN:
        raise OpeningUnclear(f"Use at least {PASSPHRASE_MIN} characters: a few words that nobody else would put together.")
    pair = new_key_pair(passphrase)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        OfficerKey.objects.filter(user=by, replaced_at=None).update(replaced_at=at)
        key = OfficerKey.objects.create(user=by, public=pair.public, locked_private=pair.locked_private, made_at=at)
        audit.record("officer_key.set", subject=("user", by.pk), by=by.pk, at=at, key=key.pk)
    return key


@transaction.atomic
def ask_to_open(persona: Persona, *, by: User, reason: str, at: datetime) -> Opening:
    """Put it to the officers. One that is asked for already stays, and is returned. Raises OpeningUnclear, Refused."""
    permissions.can_ask_to_open(by, persona).enforce()
    reason = _reason(reason)
    persona = Persona.objects.select_for_update().get(pk=persona.pk)
    for standing in Opening.objects.waiting().filter(persona=persona):
        if not standing.is_over(at):
            return standing
        _close(standing, at)
    lapses_at = at + timedelta(days=settings.OPENING_DAYS)
    opening = Opening.objects.create(persona=persona, reason=reason, asked_at=at, asked_by=by, lapses_at=lapses_at)
    audit.record("opening.ask", subject=("persona", persona.pk), by=by.pk, at=at, opening=opening.pk, reason=reason)
    record_event("forum.opening_asked", at=at, by=by.pk, opening=opening.pk)
    return opening


@transaction.atomic
def agree_to_open(opening: Opening, *, by: User, passphrase: str, reason: str, at: datetime) -> User | None:
    """The first officer agrees (None), then a second one: the person behind the persona, who is told. Raises OpeningOver,
    OpeningUnclear, CannotBeOpened, Refused."""
    opening = _locked(opening, at)
    permissions.can_agree_to_open(by, opening).enforce()
    reason = _reason(reason)
    persona = opening.persona
    sealed, about = bytes(persona.sealed_person), persona.sealed_about
    key, private = _unlocked(by, sealed, passphrase)
    mine = share_of(sealed, key.pk, private, about=about)
    if opening.first_at is None:
        others = OfficerKey.objects.filter(pk__in=holders_of(sealed)).exclude(user=by)
        opening.first_at, opening.first_by, opening.first_reason = at, by, reason
        opening.first_share = _boxed_for(mine, others, about)
        opening.lapses_at = at + timedelta(days=settings.OPENING_DAYS)
        opening.save()
        audit.record("opening.agree", subject=("persona", persona.pk), by=by.pk, at=at, opening=opening.pk, reason=reason)
        record_event("forum.opening_asked", at=at, by=by.pk, opening=opening.pk)
        return None
    number = opened(sealed, mine, _boxed_share(opening.first_share, key, private, about), about=about)
    opening.second_at, opening.second_by, opening.second_reason = at, by, reason
    opening.second_share = _boxed_for(mine, OfficerKey.objects.filter(user=opening.first_by_id), about)
    opening.lapses_at = at + timedelta(days=settings.OPENING_DAYS)
    opening.save()
    first = opening.first_by_id or 0
    audit.record("opening.open", subject=("persona", persona.pk), by=by.pk, at=at, opening=opening.pk, first=first, reason=reason)
    record_event("forum.persona_opened", at=at, by=None, user=number, first=first, second=by.pk)
    return _person(number)


@transaction.atomic
def look_again(opening: Opening, *, by: User, passphrase: str, at: datetime) -> User:
    """Either of the two officers reads once more, while the shares are kept, what they opened. Raises OpeningOver,
    CannotBeOpened, Refused."""
    opening = _locked(opening, at)
    permissions.can_look_again(by, opening).enforce()
    sealed, about = bytes(opening.persona.sealed_person), opening.persona.sealed_about
    key, private = _unlocked(by, sealed, passphrase)
    mine = share_of(sealed, key.pk, private, about=about)
    other = opening.second_share if by.pk == opening.first_by_id else opening.first_share
    number = opened(sealed, mine, _boxed_share(other, key, private, about), about=about)
    audit.record("opening.look", subject=("persona", opening.persona_id), by=by.pk, at=at, opening=opening.pk)
    return _person(number)


@transaction.atomic
def decline_opening(opening: Opening, *, by: User, at: datetime) -> None:
    """An officer says no, or who asked takes it back: it is closed. What was opened stays opened. Raises OpeningOver, Refused."""
    opening = _locked(opening, at)
    permissions.can_decline_opening(by, opening).enforce()
    _close(opening, at)
    audit.record("opening.decline", subject=("persona", opening.persona_id), by=by.pk, at=at, opening=opening.pk)


def close_what_lapsed(*, at: datetime) -> int:
    """Openings whose time ran out keep no share. Safe twice and in parallel."""
    lapsed = Opening.objects.waiting().filter(lapses_at__lte=at)
    return lapsed.update(closed_at=at, first_share={}, second_share={})


def _person(number: int) -> User:
    found: User = User.objects.get(pk=number)
    return found


def _locked(opening: Opening, at: datetime) -> Opening:
    opening = Opening.objects.select_related("persona__topic__category").select_for_update(of=("self",)).get(pk=opening.pk)
    if opening.is_over(at):
        raise OpeningOver("This was closed, or its time ran out. It can be asked for again.")
    return opening


def _close(opening: Opening, at: datetime) -> None:
    opening.closed_at, opening.first_share, opening.second_share = at, {}, {}
    opening.save(update_fields=["closed_at", "first_share", "second_share"])


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise OpeningUnclear("Give a reason of at most 500 characters: it is kept on record, and the author is told it.")
    return reason


def _unlocked(by: User, sealed: bytes, passphrase: str) -> tuple[OfficerKey, X25519PrivateKey]:
    """The key of theirs, old or new, to which it is sealed and which the passphrase opens."""
    keys = OfficerKey.objects.filter(user=by, pk__in=holders_of(sealed)).order_by("-pk")
    for key in keys:
        try:
            return key, unlocked(bytes(key.locked_private), passphrase)
        except WrongPassphraseError:
            continue
    raise CannotBeOpened(
        "This passphrase does not open your key. It is the one you set for opening pseudonyms, when this one was taken."
        if keys
        else "This pseudonym was taken before you had a key, so it is not sealed to you. Another officer can open it."
    )


def _boxed_for(share: Share, keys: Iterable[OfficerKey], about: bytes) -> dict[str, str]:
    return {str(key.pk): boxed(share.packed(), bytes(key.public), about=about).hex() for key in keys}


def _boxed_share(kept: dict[str, str], key: OfficerKey, private: X25519PrivateKey, about: bytes) -> Share:
    try:
        return Share.unpacked(unboxed(bytes.fromhex(kept[str(key.pk)]), private, about=about))
    except (KeyError, CannotOpenError) as error:
        raise CannotBeOpened("The other officer’s part is not meant for your key. Close this and ask anew.") from error
