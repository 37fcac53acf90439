"""The second address: added, confirmed, taken off."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import RecoveryAddress, User
from common import audit
from common.errors import DomainError


class AddressIsAnothers(DomainError):
    """The mailbox is the way into another account already."""


@transaction.atomic
def add_recovery_address(user: User, *, email: str, at: datetime) -> RecoveryAddress:
    """Name a second address, in place of the one before. It is good for nothing until its owner confirmed it; whether it belongs to
    another account is told only then, to whom reads the mailbox."""
    User.objects.select_for_update().get(pk=user.pk)
    RecoveryAddress.objects.filter(user=user).delete()
    address = RecoveryAddress.objects.create(user=user, email=email.lower(), added_at=at)
    audit.record("account.add_recovery_address", subject=("user", user.pk), by=user.pk, at=at)
    return address


def confirm_recovery_address(address: RecoveryAddress, *, at: datetime) -> RecoveryAddress:
    """The mailbox answered. Confirmed before: nothing happens. Raises AddressIsAnothers where it is the way into another account."""
    if User.objects.filter(email=address.email).exclude(pk=address.user_id).exists():
        raise AddressIsAnothers("This address is the way into another account already, so it cannot be the way into yours.")
    try:
        with transaction.atomic():
            address = RecoveryAddress.objects.select_for_update().get(pk=address.pk)
            if address.confirmed_at is None:
                address.confirmed_at = at
                address.save(update_fields=["confirmed_at"])
                audit.record("account.confirm_recovery_address", subject=("user", address.user_id), by=address.user_id, at=at)
    except IntegrityError as error:
        raise AddressIsAnothers(
            "This address is the way into another account already, so it cannot be the way into yours."
        ) from error
    return address


@transaction.atomic
def remove_recovery_address(user: User, *, at: datetime) -> bool:
    """Take the second address off. Says whether there was one."""
    removed, _ = RecoveryAddress.objects.filter(user=user).delete()
    if removed:
        audit.record("account.remove_recovery_address", subject=("user", user.pk), by=user.pk, at=at)
    return bool(removed)
