"""The second address: added, confirmed, taken off. Word of it goes to the addresses that were good before."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import RecoveryAddress, User
from accounts.readers import addresses_for_word
from common import audit
from common.errors import DomainError
from mail import addresses
from mail.outbox import queue_mail


class AddressIsAnothers(DomainError):
    """The mailbox is the way into another account already."""

    def __init__(self) -> None:
        super().__init__("This address is the way into another account already, so it cannot be the way into yours.")


@transaction.atomic
def add_recovery_address(user: User, *, email: str, at: datetime) -> RecoveryAddress:
    """Name a second address, in place of the one before, and ask there. It is good for nothing until its owner confirmed it;
    whether it belongs to another account is told only then, to whom reads the mailbox."""
    User.objects.select_for_update().get(pk=user.pk)
    before = addresses_for_word(user)
    RecoveryAddress.objects.filter(user=user).delete()
    address = RecoveryAddress.objects.create(user=user, email=email.lower(), added_at=at)
    audit.record("account.add_recovery_address", subject=("user", user.pk), by=user.pk, at=at)
    _queue(email, "accounts.confirm_recovery", {"recovery": address.pk}, at)
    for told in before:
        _queue(told, "accounts.account_changed", {"user": user.pk, "what": "recovery_address_added"}, at)
    return address


def confirm_recovery_address(address: RecoveryAddress, *, at: datetime) -> RecoveryAddress:
    """The mailbox answered. Safe to call twice. Raises AddressIsAnothers where it is the way into another account."""
    if User.objects.filter(email=address.email).exclude(pk=address.user_id).exists():
        raise AddressIsAnothers
    try:
        with transaction.atomic():
            address = RecoveryAddress.objects.select_for_update().get(pk=address.pk)
            if address.confirmed_at is None:
                address.confirmed_at = at
                address.save(update_fields=["confirmed_at"])
                audit.record("account.confirm_recovery_address", subject=("user", address.user_id), by=address.user_id, at=at)
    except IntegrityError as error:
        raise AddressIsAnothers from error
    return address


@transaction.atomic
def remove_recovery_address(user: User, *, at: datetime) -> bool:
    """Take the second address off. Says whether there was one."""
    before = addresses_for_word(user)
    removed, _ = RecoveryAddress.objects.filter(user=user).delete()
    if removed:
        audit.record("account.remove_recovery_address", subject=("user", user.pk), by=user.pk, at=at)
        for told in before:
            _queue(told, "accounts.account_changed", {"user": user.pk, "what": "recovery_address_removed"}, at)
    return bool(removed)


def _queue(email: str, kind: str, params: dict[str, int | str], at: datetime) -> None:
    queue_mail(addresses.address_for(email, at=at), kind=kind, key=f"{kind}:{at.isoformat()}", params=params, at=at)
