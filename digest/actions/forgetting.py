from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from common.leavers import Leaver
from digest.actions.proofs import prove
from digest.actions.unsent import withhold_unsent
from digest.models import AddressChange, CapabilityToken, Delivery, ListLine, Subscription
from digest.wordings import CLOSED, Wording
from digest.zones import LONDON
from mail.forgetting import WHY, addresses_of
from mail.models import Address

FORM: Final = "account:close"


@transaction.atomic
def forget_subscriber(leaver: Leaver, *, at: datetime) -> bool:
    """Every stream ends at once, also an edition that waits or that a sender has in hand; what they chose is forgotten, links
    open nothing, a list that waits to be brought in has their line no more. That they had agreed stays. False where an edition is
    on its way to them at this moment. One of settings.ACCOUNT_ERASED."""
    rows = list(Address.objects.select_for_update().filter(pk__in=addresses_of(leaver)).order_by("pk"))
    mine = Subscription.objects.select_for_update(of=("self",)).filter(address__in=rows).select_related("address")
    for subscription in mine.order_by("made_at", "pk"):
        forget_subscription(subscription, wording=CLOSED, form=FORM, ip="", at=at)
    moves = Q(before__in=rows) | Q(after__in=rows)
    AddressChange.objects.waiting().filter(moves).update(called_off_at=at)
    ListLine.objects.filter(email__in=leaver.proven).delete()
    theirs = Delivery.objects.filter(address__in=rows)
    theirs.exclude(reply="").update(reply="")
    return not theirs.filter(state="sending").exists()


def forget_subscription(subscription: Subscription, *, wording: Wording, form: str, ip: str, at: datetime) -> None:
    """It ends, what was chosen is forgotten, and its links open nothing. The caller has locked it."""
    why = WHY if wording is CLOSED else "they asked to be forgotten"
    if subscription.ended_at is None:
        subscription.state, subscription.ended_at = Subscription.State.ENDED, at
        prove(subscription, "ended", wording=wording, form=form, ip=ip, at=at)
        withhold_unsent(subscription, reason=why)
    subscription.ended_reason = why
    subscription.topics, subscription.categories, subscription.tz = [], [], LONDON
    subscription.weekday, subscription.local_hour, subscription.paused_until, subscription.next_due_at = 4, 7, None, None
    subscription.pace, subscription.paced_at, subscription.read_at = Subscription.Pace.USUAL, None, at
    subscription.save()
    CapabilityToken.objects.filter(subscription=subscription).delete()
