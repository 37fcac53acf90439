"""Rows that are about to change, locked: always the address before its subscriptions."""

from digest.models import Subscription
from mail.models import Address


def locked_address(address: Address) -> Address:
<<<<<<< HEAD
    """The address as it stands, ours until the transaction ends. First of all rows."""
=======
    """As it stands now; nobody else changes it until the transaction ends."""
>>>>>>> rest4
    return Address.objects.select_for_update().get(pk=address.pk)


def locked_row(subscription: Subscription) -> Subscription:
<<<<<<< HEAD
    """The subscription with its address, ours until the transaction ends. After its address."""
=======
    """As it stands now, with its address, which the caller locked before; nobody else changes it until the transaction ends."""
>>>>>>> rest4
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("address")
    locked: Subscription = rows.get(pk=subscription.pk)
    return locked
