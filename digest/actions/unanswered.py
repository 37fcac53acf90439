"""Whoever was asked and never answered: what waits ends, and then their address is forgotten. Perhaps a stranger gave it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from consultation.models import Guest
from digest.models import AddressChange, CapabilityToken, Subscription
from digest.readers import NOT_ASKED_FOR
from digest.tokens import CONFIRM_WITHIN
from mail.forgetting import blank
from mail.models import Address, Mail


def end_unconfirmed(*, at: datetime) -> int:
    """What was asked for ends with the link that could confirm it. Returns how many. Safe to call twice."""
    waiting = Subscription.objects.open().filter(state=Subscription.State.PENDING, made_at__lte=at - CONFIRM_WITHIN)
    links = CapabilityToken.objects.filter(subscription=OuterRef("pk"), scope="confirm", expires_at__gt=at)
    return waiting.filter(~Exists(links)).update(state=Subscription.State.ENDED, ended_at=at, ended_reason="not confirmed")


@transaction.atomic
def forget_strangers(*, at: datetime) -> int:
    """Addresses of which NOT_ASKED_FOR ago somebody asked for mail, and nobody ever said yes by any of our links, are blank; the
    ledger says no more than that one was asked. Those that another room of the site wrote to stay. Returns how many. Safe to call
    twice."""
    long_ago = at - NOT_ASKED_FOR
    mine, moves = Subscription.objects.filter(address=OuterRef("pk")), AddressChange.objects.filter(after=OuterRef("pk"))
    known = mine.filter(Q(ended_at=None) | Q(ended_at__gt=long_ago) | Q(confirmed_at__isnull=False))
    nobodys = Address.objects.filter(state=Address.State.UNVERIFIED, account=None, former_account=None, created_at__lte=long_ago)
    found = (
        nobodys.filter(Exists(mine) | Exists(moves)).exclude(Exists(known)).exclude(Exists(moves.filter(asked_at__gt=long_ago)))
    )
    written_to = Mail.objects.filter(address=OuterRef("pk")).exclude(kind__startswith="digest.", created_at__lte=long_ago)
    guests = Guest.objects.filter(address=OuterRef("pk"))
    rows = list(found.exclude(Exists(written_to)).exclude(Exists(guests)).select_for_update(skip_locked=True, of=("self",)))
    blank(rows, at=at)
    return len(rows)
