"""The addresses of somebody whose account is erased: never written to again unless they ask, and blank. What they agreed to stays
in the ledger, of an address that is none any more."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.query import QuerySet

from common.leavers import Leaver
from mail.mailboxes import same_mailbox
from mail.models import Address, ConsentEvent, Mail, MailEvent, Suppression
from mail.suppressions import address_hmac, suppress

_NOT_BEGUN: Final = ("pending", "deferred", "claimed")
WHY: Final = "the account is closed"


def addresses_of(leaver: Leaver) -> QuerySet[Address]:
    """The rows of their addresses, but for those that are another account's by now. Of those that they only named a row goes
    where nobody ever confirmed anything by it: it may be a stranger's, who must not lose what is theirs."""
    known = Q(email__in=leaver.proven) | Q(account__in=leaver.accounts) | Q(former_account__in=leaver.accounts)
    told = ConsentEvent.objects.filter(address=OuterRef("pk"))
    only_named = Q(~Exists(told), email__in=leaver.named, state=Address.State.UNVERIFIED)
    return Address.objects.filter(known | only_named).filter(Q(account=None) | Q(account__in=leaver.accounts))


@transaction.atomic
def write_no_more(leaver: Leaver, *, at: datetime) -> bool:
    """Nothing goes to an address that was surely theirs, also of what waits or a sender has in hand, until its owner asks for it
    anew. What is another account's mailbox by now, too, is not kept from it. One of settings.ACCOUNT_ERASED."""
    for email in (each for each in leaver.proven if not _is_anothers(each, leaver)):
        suppress(email, scope="all", reason=Suppression.Reason.CLOSED, at=at)
    waiting = Mail.objects.filter(address__in=addresses_of(leaver), state__in=_NOT_BEGUN)
    waiting.update(state="cancelled", reason=WHY, claim_token=None, lease_until=None)
    return True


@transaction.atomic
def forget_addresses(leaver: Leaver, *, at: datetime) -> bool:
    """The rows say nothing any more, and what was written to them is deleted. False where a message is on its way at this moment:
    what its server answers may repeat the address. One of settings.ACCOUNT_ERASED."""
    rows = list(addresses_of(leaver).select_for_update(of=("self",)).order_by("pk"))
    if Mail.objects.filter(address__in=rows, state="sending").exists():
        return False
    blank(rows, at=at)
    return True


def blank(rows: Collection[Address], *, at: datetime) -> None:
    """They say nothing any more, and what was written to them is deleted. Part of the running transaction."""
    Mail.objects.filter(address__in=rows).delete()
    MailEvent.objects.filter(address__in=rows).delete()
    for row in rows:
        row.erased_at, row.erased_hmac = at, address_hmac(row.email)
        row.email, row.account, row.former_account = f"erased-{row.pk}@erased.invalid", None, None
        row.state, row.verified_at, row.bounce_score = Address.State.DEAD, None, 0
        row.save()


def agreed_to(email: str) -> QuerySet[ConsentEvent]:
    """What the ledger says of this address, also where its owner has had it erased: the proof, for whoever has the address."""
    known = Q(address__email=email.strip().lower()) | Q(address__erased_hmac=address_hmac(email))
    return ConsentEvent.objects.filter(known).order_by("pk")


def _is_anothers(email: str, leaver: Leaver) -> bool:
    """Whether another account gets mail in this mailbox, by this spelling or another."""
    pattern = same_mailbox(email)
    there = Q(email=email) if pattern is None else Q(email__startswith=email[:1], email__regex=pattern)
    return Address.objects.filter(there, account__isnull=False).exclude(account__in=leaver.accounts).exists()
