"""The book of addresses. `accounts.adapter` tells it what was confirmed; a test holds the two equal."""

import re
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common.doors import open_door
from mail.models import Address

_PLAIN: Final = re.compile(r"[a-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@(?=.{3,189}$)[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)


def is_reachable(email: str) -> bool:
    """Can our server write to such an address? Not to letters beyond ASCII, nor to the quoted names that RFC 5321 allows and
    nobody has, nor to what a mail program would decode (`=?utf-8?…`), nor to the server’s own mailboxes (`root@localhost`)."""
    return _PLAIN.fullmatch(email) is not None


def address_for(email: str, *, at: datetime) -> Address:
    """The row of this address, made where missing. Upper and lower case are the same address."""
    return Address.objects.get_or_create(email=email.strip().lower(), defaults={"created_at": at})[0]


@transaction.atomic
def confirm(address: Address, *, at: datetime) -> Address:
    """The owner proved that the mailbox is theirs. Keeps the first date; brings a dead address back to life."""
    address = Address.objects.select_for_update().get(pk=address.pk)
    if address.state != Address.State.VERIFIED:
        address.state, address.verified_at, address.bounce_score = Address.State.VERIFIED, address.verified_at or at, 0
        address.save(update_fields=["state", "verified_at", "bounce_score"])
    return address


@transaction.atomic
def attach(user: AbstractBaseUser, *, email: str, at: datetime) -> Address:
    """This confirmed address is now the account's, and the one it had before is no longer. Who keeps something by address
    (a subscription) stands in settings.ADDRESS_MOVED and is told `(before, after, at=at)` in the same transaction."""
    before = Address.objects.select_for_update().filter(account_id=user.pk).first()
    after = confirm(address_for(email, at=at), at=at)
    if before is not None and before.pk == after.pk:
        return after
    if before is not None:
        Address.objects.filter(pk=before.pk).update(account=None, former_account=user.pk)
    Address.objects.filter(pk=after.pk).update(account_id=user.pk, former_account=None)
    after.refresh_from_db()
    if before is not None:
        for door in settings.ADDRESS_MOVED:
            open_door(door)(before, after, at=at)
    return after


def mark_dead(address: Address) -> None:
    """The receiving server said that there is no such mailbox."""
    Address.objects.filter(pk=address.pk).update(state=Address.State.DEAD)


def mark_alive(address: Address) -> None:
    """Somebody says that the mailbox is there after all. Confirmed stays confirmed."""
    dead = Address.objects.filter(pk=address.pk, state=Address.State.DEAD)
    dead.filter(verified_at=None).update(state=Address.State.UNVERIFIED)
    dead.exclude(verified_at=None).update(state=Address.State.VERIFIED)
