"""Mail that came back, and its reader who says that the mailbox works."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common.errors import DomainError
from mail.bounces import write_again
from mail.models import Address
from mail.outbox import queue_mail


class NoAddress(DomainError):
    """There is no confirmed address."""


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
