"""Mail that came back, and its reader who says that the mailbox works."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common.errors import DomainError
from mail.bounces import write_again
from mail.models import Address
from mail.outbox import queue_mail
from notifications.events import record_event


class NoAddress(DomainError):
    """There is no confirmed address."""


def tell_of_stopped_mail(address: Address, *, at: datetime) -> None:
    """Whoever's account has this address hears under the bell that it is written to no more. One of settings.MAIL_STOPPED,
    part of the running transaction."""
    if address.account_id is not None:
        record_event("notifications.mail_stopped", at=at, by=None, user=address.account_id, address=address.pk)


@transaction.atomic
def ask_for_mail_again(*, by: AbstractBaseUser, at: datetime) -> Address:
    """Write to the address of `by` again, and begin with one mail that shows whether it arrives. Safe to call twice: one mail a
    day. Raises NoAddress, NotOursToLift, TriedToday."""
    address = Address.objects.filter(account=by.pk).first()
    if address is None:
        raise NoAddress("Confirm your address first.")
    write_again(address, by=by.pk, own=True, at=at)
    queue_mail(address, kind="notifications.works_again", key=f"works_again:{at.date()}", params={}, at=at)
    return address
