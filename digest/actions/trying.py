"""The draft as a mail to the editor's own address."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from digest.models import Edition
from digest.permissions import can_edit_stream
from mail.models import Address
from mail.outbox import queue_mail


class NoAddressToTry(DomainError):
    def __init__(self) -> None:
        super().__init__("Confirm the address of your account first; a test can only go to an address that is yours.")


@transaction.atomic
def send_trial(edition: Edition, *, to: User, at: datetime) -> None:
    """One a minute. It is written when it is handed over, as the draft stands then. Raises NoAddressToTry."""
    can_edit_stream(to, edition.stream).enforce()
    address = Address.objects.filter(account=to, state=Address.State.VERIFIED).first()
    if address is None:
        raise NoAddressToTry
    key = f"digest.trial:{edition.pk}:{at:%Y-%m-%dT%H:%M}"
    queue_mail(address, kind="digest.trial", key=key, params={"edition": edition.pk, "user": to.pk}, at=at)
