"""Giving and taking roles."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import RoleGrant, User
from accounts.models.roles import WEIGHTY
from common import audit
from common.errors import DomainError

LONGEST_WEIGHTY: Final = timedelta(days=366)
"""For how long a weighty role is given where nobody says otherwise."""


class TwoPersonsNeeded(DomainError):
    """A weighty role cannot be given by one person alone: propose it."""


@transaction.atomic
def grant_role(user: User, *, role: str, by: User | None, at: datetime, ends_at: datetime | None = None) -> RoleGrant:
    """Give a role (`by=None`: the system, at sign-up or from the command line). A standing grant is returned as it is. A weighty
    role from the system ends after LONGEST_WEIGHTY unless a date is given; from a person it is refused with TwoPersonsNeeded."""
    if role in WEIGHTY and by is not None:
        raise TwoPersonsNeeded("This role is given by two persons. Propose it, and another officer decides.")
    if role in WEIGHTY and ends_at is None:
        ends_at = at + LONGEST_WEIGHTY
    User.objects.select_for_update().get(pk=user.pk)
    RoleGrant.objects.filter(user=user, role=role, revoked_at=None, ends_at__lte=at).update(revoked_at=at)
    grant, made = RoleGrant.objects.get_or_create(
        user=user, role=role, revoked_at=None, defaults={"granted_at": at, "granted_by": by, "ends_at": ends_at}
    )
    if made:
        audit.record("role.grant", subject=("user", user.pk), by=by.pk if by else None, at=at, role=role)
        _bump_card(user)
    return grant


@transaction.atomic
def revoke_role(user: User, *, role: str, by: User | None, at: datetime) -> None:
    """Take a role away. Nothing happens where it is not held."""
    changed = RoleGrant.objects.filter(user=user, role=role, revoked_at=None).update(revoked_at=at, revoked_by=by)
    if changed:
        audit.record("role.revoke", subject=("user", user.pk), by=by.pk if by else None, at=at, role=role)
        _bump_card(user)


def _bump_card(user: User) -> None:
    user.card_version += 1
    user.save(update_fields=["card_version"])
