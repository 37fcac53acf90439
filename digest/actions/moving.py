"""Another address: an account's takes its mail along; without an account the new mailbox is asked, and the old one told."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from common.errors import DomainError
from digest.actions.locking import locked_address
from digest.actions.proofs import prove
from digest.actions.unsent import move_unsent, withhold_unsent
from digest.models import AddressChange, CapabilityToken, Subscription
from digest.readers import MOVE_WITHIN, was_asked_enough, was_not_them
from digest.tokens import standing_token
from digest.wordings import ACCOUNT_MOVED, MOVE, Wording
from mail import addresses
from mail.bounces import forgive_what_came_back
from mail.models import Address
from mail.outbox import queue_mail
from mail.suppressions import lift

MOST_A_DAY: Final = 3
"""New addresses that one old one may name: so many strangers can get a mail from us, and no more."""


class AddressOfAnAccount(DomainError):
    def __init__(self) -> None:
        super().__init__("This address belongs to an account. Change it on the page of the account, and this goes along.")


class SameAddress(DomainError):
    def __init__(self) -> None:
        super().__init__("It goes to this address already.")


class TooManyMoves(DomainError):
    def __init__(self) -> None:
        super().__init__("Three new addresses were given today. Wait until tomorrow.")


class NothingToMove(DomainError):
    def __init__(self) -> None:
        super().__init__("This was called off, was stopped meanwhile, or was asked for more than a week ago.")


@transaction.atomic
def ask_to_move(subscription: Subscription, *, email: str, at: datetime) -> AddressChange:
    """Everything that goes to the old address is to go to this one: once its owner says so. The old one is told at once, with a
    link to call it off. Not asked is an address whose owner said within NOT_ASKED_FOR that it was not they, or that was asked
    ASKED_A_DAY times. Raises AddressOfAnAccount, SameAddress, TooManyMoves."""
    before = locked_address(subscription.address)
    if before.account_id is not None:
        raise AddressOfAnAccount
    after = addresses.address_for(email, at=at)
    if after.pk == before.pk:
        raise SameAddress
    if AddressChange.objects.filter(before=before, asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyMoves
    AddressChange.objects.waiting().filter(before=before).update(called_off_at=at)
    change = AddressChange.objects.create(subscription=subscription, before=before, after=after, asked_at=at)
    standing_token(subscription, CapabilityToken.Scope.PAUSE, at=at)
    params: dict[str, int | str] = {"change": change.pk}
    if not was_not_them(after, at=at) and not was_asked_enough(after, at=at):
        queue_mail(after, kind="digest.move", key=f"digest.move:{change.pk}", params=params, at=at)
    queue_mail(before, kind="digest.moving", key=f"digest.moving:{change.pk}", params=params, at=at)
    return change


@transaction.atomic
def call_move_off(subscription: Subscription, *, at: datetime) -> int:
    """Stay where it is. Safe to call twice."""
    return AddressChange.objects.waiting().filter(before=subscription.address_id).update(called_off_at=at)


@transaction.atomic
def confirm_move(change: AddressChange, *, form: str, ip: str, at: datetime) -> AddressChange:
    """The owner of the new mailbox pressed the button: all goes there from now on. Done already: nothing happens. Raises
    NothingToMove."""
    change = AddressChange.objects.select_for_update(of=("self",)).select_related("before", "after").get(pk=change.pk)
    if change.moved_at is not None:
        return change
    before = locked_address(change.before)
    if not can_be_moved(change, at=at):
        raise NothingToMove
    after = addresses.confirm(change.after, at=at)
    forgive_what_came_back(after, at=at)
    _move_all(before, after, wording=MOVE, form=form, ip=ip, at=at)
    change.moved_at = at
    change.save(update_fields=["moved_at"])
    queue_mail(before, kind="digest.moved", key=f"digest.moved:{change.pk}", params={"change": change.pk}, at=at)
    return change


def can_be_moved(change: AddressChange, *, at: datetime) -> bool:
    """It waits for the new owner's word, and something goes to the old address still that no account has the say of."""
    waits = change.moved_at is None and change.called_off_at is None and at - change.asked_at <= MOVE_WITHIN
    return waits and change.before.account_id is None and Subscription.objects.active().filter(address=change.before).exists()


@transaction.atomic
def follow_address(before: Address, after: Address, *, at: datetime) -> None:
    """The account's address moved: what it subscribed to goes along. Two of one stream become one."""
    AddressChange.objects.waiting().filter(before=before).update(called_off_at=at)
    _move_all(before, after, wording=ACCOUNT_MOVED, form="account:address", ip="", at=at)


def _move_all(before: Address, after: Address, *, wording: Wording, form: str, ip: str, at: datetime) -> None:
    for moving in Subscription.objects.active().select_for_update().filter(address=before).order_by("made_at", "pk"):
        _move(moving, after, wording=wording, form=form, ip=ip, at=at)


def _move(moving: Subscription, after: Address, *, wording: Wording, form: str, ip: str, at: datetime) -> None:
    prove(moving, "ended", wording=wording, form=form, ip=ip, at=at)
    there = Subscription.objects.open().select_for_update().filter(address=after, stream=moving.stream).first()
    if there is not None and there.state == Subscription.State.ACTIVE:
        moving.state, moving.ended_at, moving.ended_reason = Subscription.State.ENDED, at, "moved to one that was there"
        moving.save(update_fields=["state", "ended_at", "ended_reason"])
        withhold_unsent(moving, reason="moved to an address that has it already")
        return
    if there is not None:
        there.state, there.ended_at, there.ended_reason = Subscription.State.ENDED, at, "another moved here"
        there.save(update_fields=["state", "ended_at", "ended_reason"])
    moving.address = after
    moving.save(update_fields=["address"])
    move_unsent(moving, after)
    lift(after.email, scope=moving.stream)
    prove(moving, "confirmed", wording=wording, form=form, ip=ip, at=at)
