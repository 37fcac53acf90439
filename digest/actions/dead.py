"""A mailbox that does not exist."""

from datetime import datetime

from django.db import transaction

from digest.actions.unsent import withhold_unsent
from digest.models import Subscription
from mail.models import Address


@transaction.atomic
def end_weekly_of_dead_mailbox(address: Address, *, at: datetime) -> None:
    """Its weekly ends; asking anew begins with a confirmation. One of settings.MAILBOX_DEAD. Safe to call twice."""
    for subscription in Subscription.objects.open().select_for_update().filter(address=address):
        subscription.state, subscription.ended_at, subscription.ended_reason = "ended", at, "no such mailbox"
        subscription.save(update_fields=["state", "ended_at", "ended_reason"])
        withhold_unsent(subscription, reason="there is no such mailbox")
