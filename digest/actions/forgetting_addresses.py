"""An address without an account is forgotten, because its owner says so."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from common.errors import DomainError
from consultation.models import Guest
from digest.actions.forgetting import forget_subscription
from digest.actions.locking import locked_address, locked_row
from digest.models import AddressChange, Delivery, ListLine, Subscription
from digest.wordings import FORGET
from mail.forgetting import blank
from mail.models import Address, Mail, Suppression
from mail.suppressions import suppress


class KnownElsewhere(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "More than mail hangs on this address: an account, or an answer to a consultation. Ask for all of it there."
        )


class OnItsWay(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "A mail is on its way to you at this moment. Nothing was forgotten yet: press the button again in a minute."
        )


@transaction.atomic
def forget_address(address: Address, *, form: str, ip: str, at: datetime) -> None:
    """Somebody without an account wants to be forgotten: every stream ends at once, nothing is written to the address until its
    owner asks for it anew, and it is blank. That they had agreed, and ended it, stays, of an address that is none any more.
    Raises KnownElsewhere, OnItsWay."""
    address = locked_address(address)
    if address.account_id is not None or Guest.objects.filter(address=address).exists():
        raise KnownElsewhere
    for subscription in Subscription.objects.filter(address=address).order_by("made_at", "pk"):
        forget_subscription(locked_row(subscription), wording=FORGET, form=form, ip=ip, at=at)
    sending = {"address": address, "state": "sending"}
    if Delivery.objects.filter(**sending).exists() or Mail.objects.filter(**sending).exists():
        raise OnItsWay
    suppress(address.email, scope="all", reason=Suppression.Reason.CLOSED, at=at)
    AddressChange.objects.waiting().filter(Q(before=address) | Q(after=address)).update(called_off_at=at)
    ListLine.objects.filter(email=address.email).delete()
    Delivery.objects.filter(address=address).exclude(reply="").update(reply="")
    blank([address], at=at)
