"""What a person shows of themselves, and from whom they want to hear nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actions.roles import bump_card
from accounts.models import Avatar, Block, Facts, User
from accounts.models.facts import OFFICIAL, Audience
from accounts.permissions import can_block, can_show_themselves
from accounts.standing import standing_now
from common import audit


@transaction.atomic
def choose_audience(*, audience: Mapping[str, str], by: User, at: datetime) -> Facts:
    """Who is shown which fact (`OFFICIAL` to `Audience`); a fact that is not among them keeps what was chosen before."""
    user = User.objects.select_for_update().get(pk=by.pk)
    facts, _ = Facts.objects.get_or_create(user=user, defaults={"updated_at": at})
    for name, choice in audience.items():
        if name not in OFFICIAL or choice not in Audience.values:
            raise ValueError(f"{name!r} cannot be shown to {choice!r}")
        if choice == Audience.EVERYBODY:
            facts.audience.pop(name, None)
        else:
            facts.audience[name] = choice
    facts.save(update_fields=["audience"])
    bump_card(user)
    return facts


@transaction.atomic
def set_avatar(*, image: bytes, by: User, at: datetime) -> Avatar:
    """Show this picture (as `accounts.pictures.drawn_anew` made it) instead of initials. The one before is gone."""
    can_show_themselves(standing_now(by.pk)).enforce()
    user = User.objects.select_for_update().get(pk=by.pk)
    digest = hashlib.sha256(image).hexdigest()[:32]
    avatar, _ = Avatar.objects.update_or_create(user=user, defaults={"digest": digest, "image": image, "uploaded_at": at})
    _show(user, digest)
    audit.record("account.set_avatar", subject=("user", user.pk), by=by.pk, at=at)
    return avatar


@transaction.atomic
def remove_avatar(*, by: User, at: datetime) -> None:
    """Initials again. The picture is deleted, not hidden. Safe to call twice."""
    user = User.objects.select_for_update().get(pk=by.pk)
    gone, _ = Avatar.objects.filter(user=user).delete()
    if gone:
        _show(user, "")
        audit.record("account.remove_avatar", subject=("user", user.pk), by=by.pk, at=at)


@transaction.atomic
def block_person(person: User, *, by: User, at: datetime) -> None:
    """No notices and no mail from them, and their posts are folded for `by`, who alone knows. Safe to call twice."""
    can_block(by, person).enforce()
    Block.objects.get_or_create(user=by, blocked=person, defaults={"created_at": at})


@transaction.atomic
def unblock_person(person: User, *, by: User) -> None:
    """As before. Safe to call twice."""
    Block.objects.filter(user=by, blocked=person).delete()


def _show(user: User, digest: str) -> None:
    user.avatar = digest
    user.save(update_fields=["avatar"])
    bump_card(user)
