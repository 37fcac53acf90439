"""Rows that are about to change, locked: always the address before its subscriptions."""

from digest.models import Subscription
from mail.models import Address


def locked_address(address: Address) -> Address:
    """The address as it stands, ours until the transaction ends. First of all rows."""
    return Address.objects.select_for_update().get(pk=address.pk)


def locked_row(subscription: Subscription) -> Subscription:
    """The subscription with its address, ours until the transaction ends. After its address."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("address")
    locked: Subscription = rows.get(pk=subscription.pk)
    return locked
