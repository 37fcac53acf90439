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


def let_go(run: Run) -> int:
    """What senders have in hand waits again, at once: of each goes only the letter that it is just beginning, whose row we pass
    over, for whoever waits for it kills its sender (a deadlock)."""
    held = Delivery.objects.filter(run=run, state="claimed")
    mine = list(held.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    return Delivery.objects.filter(pk__in=mine).update(state="pending", claim_token=None, lease_until=None)


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
