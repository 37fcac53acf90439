"""A mailbox that does not exist."""

from datetime import datetime

from django.db import transaction

from digest.actions.unsent import withhold_unsent
from digest.models import Subscription
from mail.addresses import mark_dead
from mail.models import Address, Suppression
from mail.suppressions import suppress


@transaction.atomic
def end_dead_mailbox(address: Address, *, at: datetime) -> None:
    """Never written to again, and its weekly ends; asking anew begins with a confirmation. Safe to call twice."""
    mark_dead(address)
    suppress(address.email, scope="all", reason=Suppression.Reason.HARD_BOUNCE, at=at)
    for subscription in Subscription.objects.open().select_for_update().filter(address=address):
        subscription.state, subscription.ended_at, subscription.ended_reason = "ended", at, "no such mailbox"
        subscription.save(update_fields=["state", "ended_at", "ended_reason"])
        withhold_unsent(subscription, reason="there is no such mailbox")
