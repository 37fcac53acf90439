"""Rows of a running run that have not begun: withheld, given back, sent elsewhere. What has begun cannot be called back."""

from digest.models import Delivery, Run, Subscription
from mail.models import Address

_NOT_BEGUN = ("pending", "deferred", "claimed")


def withhold_unsent(subscription: Subscription, *, reason: str) -> int:
    """Takes effect at once: a worker that claimed the row finds that it is no longer its own."""
    return Delivery.objects.filter(subscription=subscription, state__in=_NOT_BEGUN).update(
        state="suppressed", reason=reason, claim_token=None, lease_until=None
    )


def give_back(subscription: Subscription, *, reason: str) -> int:
    """What was withheld for this reason waits again, where its run is still under way."""
    return Delivery.objects.filter(
        subscription=subscription, state="suppressed", reason=reason, run__state__in=Run.UNDER_WAY
    ).update(state="pending", reason="")


def move_unsent(subscription: Subscription, after: Address) -> int:
    """What has not begun goes to the new address, also out of a worker's hands; of an edition that this one was served already
    nothing goes anywhere. Returns how many go there."""
    waiting = Delivery.objects.filter(subscription=subscription, state__in=_NOT_BEGUN)
    served = Delivery.objects.filter(address=after).values("edition")
    waiting.filter(edition__in=served).update(
        state="suppressed", reason="the new address has had this edition", claim_token=None, lease_until=None
    )
    waiting.filter(state="claimed").update(state="pending", claim_token=None, lease_until=None)
    return waiting.update(address=after)
