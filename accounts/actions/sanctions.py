"""Warning and suspending people, and taking it back."""

from datetime import datetime

from django.db import transaction

from accounts.actions.roles import lock_officers, refuse_last_administrator
from accounts.models import Sanction, User
from accounts.permissions import can_sanction
from common import audit
from common.errors import DomainError


class SanctionRefused(DomainError):
    """There is no reason, or the end does not lie ahead."""


class AlreadyLifted(DomainError):
    """Somebody took it back before."""


@transaction.atomic
def impose_sanction(user: User, *, kind: str, reason: str, by: User, at: datetime, ends_at: datetime | None = None) -> Sanction:
    """Warn somebody, or suspend them until `ends_at`: from the next request on they hold no role. Told to nobody here. Raises
    SanctionRefused, Refused, LastAdministrator: somebody has to be left who can appoint others."""
    can_sanction(by, user).enforce()
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise SanctionRefused("Give a reason of at most 500 characters: the person is told it.")
    if kind == Sanction.Kind.SUSPENSION and (ends_at is None or ends_at <= at):
        raise SanctionRefused("Say when the suspension ends. It has to be later than now.")
    if kind == Sanction.Kind.SUSPENSION:
        lock_officers()
        refuse_last_administrator(user, at=at)
    sanction = Sanction.objects.create(
        user=user,
        kind=kind,
        reason=reason,
        imposed_at=at,
        imposed_by=by,
        ends_at=ends_at if kind == Sanction.Kind.SUSPENSION else None,
    )
    until = sanction.ends_at.isoformat() if sanction.ends_at else None
    audit.record(f"sanction.{kind}", subject=("user", user.pk), by=by.pk, at=at, sanction=sanction.pk, ends_at=until)
    return sanction


@transaction.atomic
def lift_sanction(sanction: Sanction, *, by: User, reason: str, at: datetime) -> Sanction:
    """Take a warning or a suspension back: it counts no more from now on, and its row stays. Raises AlreadyLifted, Refused."""
    sanction = Sanction.objects.select_related("user").select_for_update(of=("self",)).get(pk=sanction.pk)
    can_sanction(by, sanction.user).enforce()
    if sanction.lifted_at is not None:
        raise AlreadyLifted("This was taken back already.")
    sanction.lifted_at, sanction.lifted_by, sanction.lift_reason = at, by, reason.strip()[:500]
    sanction.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    audit.record("sanction.lift", subject=("user", sanction.user_id), by=by.pk, at=at, sanction=sanction.pk)
    return sanction
