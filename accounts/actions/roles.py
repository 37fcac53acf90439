"""Giving and taking roles.

Whatever decides on a weighty role first locks the standing grants of all officers and then asks who somebody is now: an officer
whose role is being taken away cannot at the same moment give one.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import RoleGrant, User
from accounts.models.roles import STAFF, WEIGHTY
from accounts.permissions import can_decide_on_roles, can_give_role
from accounts.standing import standing_now, standing_of
from common import audit
from common.errors import DomainError
from notifications.events import record_event

LONGEST_WEIGHTY: Final = timedelta(days=366)
"""For how long a weighty role is given where nobody says otherwise."""
WARNED_BEFORE: Final = timedelta(days=30)


class TwoPersonsNeeded(DomainError):
    """A weighty role cannot be given by one person alone: propose it."""


class LastAdministrator(DomainError):
    """Somebody has to be left who can appoint others."""


@transaction.atomic
def grant_role(user: User, *, role: str, by: User | None, at: datetime, ends_at: datetime | None = None) -> RoleGrant:
    """Give a role (`by=None`: the system, at sign-up or from the command line). Where it is held until another day, what is said
    now holds: the grant is renewed; the system renews only where it names a day. A weighty role from the system ends after
    LONGEST_WEIGHTY unless a date is given; from a person it is refused with TwoPersonsNeeded."""
    if role in WEIGHTY and by is not None:
        raise TwoPersonsNeeded("This role is given by two persons. Propose it, and another officer decides.")
    if by is not None:
        can_give_role(standing_now(by.pk), to=user.pk).enforce()
    is_said = by is not None or ends_at is not None
    if role in WEIGHTY and ends_at is None:
        ends_at = at + LONGEST_WEIGHTY
    User.objects.select_for_update().get(pk=user.pk)
    standing = RoleGrant.objects.filter(user=user, role=role, revoked_at=None)
    standing.filter(ends_at__lte=at).update(revoked_at=at)
    if is_said:
        standing.exclude(ends_at=ends_at).update(revoked_at=at, revoked_by=by)
    grant, made = RoleGrant.objects.get_or_create(
        user=user, role=role, revoked_at=None, defaults={"granted_at": at, "granted_by": by, "ends_at": ends_at}
    )
    if made:
        audit.record("role.grant", subject=("user", user.pk), by=by.pk if by else None, at=at, role=role)
        bump_card(user)
        if by is not None and role in STAFF:
            record_event("accounts.role", at=at, by=by.pk, what="given", user=user.pk, role=role, proposer=0)
    return grant


@transaction.atomic
def revoke_role(user: User, *, role: str, by: User | None, at: datetime) -> None:
    """Take a role away; one officer is enough, also for one's own. Nothing happens where it is not held. Raises
    LastAdministrator."""
    if role in WEIGHTY:
        lock_officers()
    if by is not None:
        can_decide_on_roles(standing_now(by.pk)).enforce()
    if by is not None and role == "administrator":
        refuse_last_administrator(user, at=at)
    changed = RoleGrant.objects.filter(user=user, role=role, revoked_at=None).update(revoked_at=at, revoked_by=by)
    if changed:
        audit.record("role.revoke", subject=("user", user.pk), by=by.pk if by else None, at=at, role=role)
        bump_card(user)
        if by is not None and role in STAFF:
            record_event("accounts.role", at=at, by=by.pk, what="taken", user=user.pk, role=role, proposer=0)


@transaction.atomic
def tell_of_ending_roles(*, at: datetime) -> int:
    """Say once of each role that ends within WARNED_BEFORE that it does. Safe to call twice and in parallel. Returns how many."""
    ending = RoleGrant.objects.held_at(at).of_staff().filter(ends_at__lte=at + WARNED_BEFORE, ending_told_at=None)
    found = list(ending.order_by("pk").select_for_update(skip_locked=True)[:500])
    for grant in found:
        record_event("accounts.role", at=at, by=None, what="ending", user=grant.user_id, role=grant.role, proposer=0)
    RoleGrant.objects.filter(pk__in=[grant.pk for grant in found]).update(ending_told_at=at)
    return len(found)


def lock_officers() -> None:
    """Hold every standing weighty grant until the end of the transaction, in one order."""
    standing = RoleGrant.objects.filter(role__in=sorted(WEIGHTY), revoked_at=None)
    list(standing.order_by("pk").select_for_update().values_list("pk", flat=True))


def bump_card(user: User) -> None:
    """What is kept of this person's cards is out of date."""
    user.card_version += 1
    user.save(update_fields=["card_version"])


def refuse_last_administrator(user: User, *, at: datetime) -> None:
    """Raises LastAdministrator. Others count only where the role is in force for them: nobody is left by one who is suspended or
    whose role rests."""
    held = RoleGrant.objects.held_at(at).filter(role="administrator", user__is_active=True)
    others = User.objects.with_roles().filter(pk__in=held.exclude(user=user).values("user"))
    if held.filter(user=user).exists() and not any(standing_of(other).is_administrator for other in others):
        raise LastAdministrator("Nobody else is an administrator. Have another one appointed first.")
