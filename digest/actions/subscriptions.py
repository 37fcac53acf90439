"""Asking for the weekly, confirming, changing, pausing and leaving. Every step that says yes or no leaves a consent row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from digest.actions.unsent import give_back, move_unsent, withhold_unsent
from digest.due import due_after_change, first_due
from digest.models import CapabilityToken, Subscription
from digest.streams import WEEKLY
from digest.tokens import standing_token
from mail import addresses
from mail.bounces import forgive_what_came_back, may_be_tried
from mail.models import Address, ConsentEvent
from mail.outbox import queue_mail
from mail.suppressions import lift, suppress

WORDING: Final = "weekly-2026-11"
"""The words on the form; docs/consent.md keeps each version."""
PAUSES: Final = (1, 2, 4, 8)
UNDO_WITHIN: Final = timedelta(hours=24)
LEFT: Final = "left the weekly"


class AddressNotConfirmed(DomainError):
    """The account's own address is not proved yet."""

    def __init__(self) -> None:
        super().__init__("Confirm the address of your account first; the link is in the mail we sent you.")


class TooLateToUndo(DomainError):
    def __init__(self) -> None:
        super().__init__("You left more than a day ago. To come back, give your address in the form again.")


@transaction.atomic
def ask_for_weekly(email: str, *, form: str, ip: str, at: datetime) -> None:
    """Somebody typed this address into the form. A mail to it says what comes next; the page says the same whatever we know.
    Where mail came back from it, its owner's word is asked for again. Safe to call twice: one open subscription, one mail an
    hour."""
    address = _locked(addresses.address_for(email, at=at))
    subscription = Subscription.objects.open().filter(address=address, stream=WEEKLY).first()
    if subscription and subscription.state == Subscription.State.ACTIVE and _must_prove_again(address, at=at):
        _end(subscription, reason="mail came back", at=at)
        subscription = None
    if subscription is None:
        subscription = Subscription.objects.create(address=address, made_at=at)
        _prove(subscription, "asked", form=form, ip=ip, at=at)
    if subscription.state == Subscription.State.ACTIVE:
        kind, key = "digest.already", f"digest.already:{subscription.pk}:{at:%Y-%m-%d}"
        standing_token(subscription, CapabilityToken.Scope.PAUSE, at=at)
    else:
        kind, key = "digest.confirm", f"digest.confirm:{subscription.pk}:{at:%Y-%m-%dT%H}"
        standing_token(subscription, CapabilityToken.Scope.CONFIRM, at=at)
    queue_mail(address, kind=kind, key=key, params={"subscription": str(subscription.pk)}, at=at)


@transaction.atomic
def confirm_subscription(
    subscription: Subscription, *, weekday: int, hour: int, form: str, ip: str, at: datetime
) -> Subscription:
    """The owner of the mailbox pressed the button: proof kept, the address verified, this week's edition due at once. Confirmed
    already: nothing happens."""
    subscription = _locked_row(subscription)
    if subscription.state != Subscription.State.PENDING:
        return subscription
    address = addresses.confirm(subscription.address, at=at)
    forgive_what_came_back(address, at=at)
    return _activate(subscription, address, weekday=weekday, hour=hour, form=form, ip=ip, at=at)


@transaction.atomic
def subscribe_member(
    user: User, *, weekday: int, hour: int, categories: Sequence[int], form: str, ip: str, at: datetime
) -> Subscription:
    """One step for who has an account: its address is proved. Raises AddressNotConfirmed."""
    address = Address.objects.select_for_update().filter(account=user, state=Address.State.VERIFIED).first()
    if address is None:
        raise AddressNotConfirmed
    subscription = Subscription.objects.open().filter(address=address, stream=WEEKLY).first()
    if subscription is None:
        subscription = Subscription(address=address, made_at=at)
    if subscription.state == Subscription.State.ACTIVE:
        return change_day(change_categories(subscription, categories=categories), weekday=weekday, hour=hour, at=at)
    subscription.categories = sorted(set(categories))
    return _activate(subscription, address, weekday=weekday, hour=hour, form=form, ip=ip, at=at)


@transaction.atomic
def change_day(subscription: Subscription, *, weekday: int, hour: int, at: datetime) -> Subscription:
    """Another day and hour. Nobody loses an edition by it, and nobody gets one twice."""
    subscription = _locked_row(subscription)
    if (subscription.weekday, subscription.local_hour) != (weekday, hour):
        subscription.weekday, subscription.local_hour = weekday, hour
        subscription.next_due_at = due_after_change(subscription, at=at)
        subscription.save(update_fields=["weekday", "local_hour", "next_due_at"])
    return subscription


def change_categories(subscription: Subscription, *, categories: Sequence[int]) -> Subscription:
    """What the weekly tells of; none chosen: everything that the reader may see."""
    subscription.categories = sorted(set(categories))
    subscription.save(update_fields=["categories"])
    return subscription


@transaction.atomic
def pause_weekly(subscription: Subscription, *, weeks: int, at: datetime) -> Subscription:
    """No edition for some weeks (0: go on now). Also none that waits already."""
    subscription = _locked_row(subscription)
    subscription.paused_until = at + timedelta(weeks=weeks) if weeks else None
    subscription.save(update_fields=["paused_until"])
    return subscription


@transaction.atomic
def leave_weekly(subscription: Subscription, *, form: str, ip: str, at: datetime) -> Subscription:
    """The end, at once, also for the edition on its way. Proof kept, address suppressed. Left already: nothing happens."""
    subscription = _locked_row(subscription)
    if subscription.state == Subscription.State.ENDED:
        return subscription
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.ENDED, at, "asked"
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    withhold_unsent(subscription, reason=LEFT)
    suppress(subscription.address.email, scope=WEEKLY, reason="asked", at=at)
    _prove(subscription, "ended", form=form, ip=ip, at=at)
    return subscription


@transaction.atomic
def undo_leaving(subscription: Subscription, *, form: str, ip: str, at: datetime) -> Subscription:
    """Pressed by mistake: back as it was, within a day, so that a forwarded mail cannot bring anybody back later. Raises
    TooLateToUndo."""
    subscription = _locked_row(subscription)
    if subscription.state == Subscription.State.ACTIVE:
        return subscription
    again = Subscription.objects.open().filter(address=subscription.address, stream=WEEKLY).exists()
    if again or subscription.confirmed_at is None or subscription.ended_at is None or at - subscription.ended_at > UNDO_WITHIN:
        raise TooLateToUndo
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.ACTIVE, None, ""
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    give_back(subscription, reason=LEFT)
    lift(subscription.address.email, scope=WEEKLY)
    _prove(subscription, "confirmed", form=form, ip=ip, at=at)
    return subscription


@transaction.atomic
def follow_address(before: Address, after: Address, *, at: datetime) -> None:
    """The account's address moved: its weekly goes along. Two weeklies become one."""
    moving = Subscription.objects.active().select_for_update().filter(address=before).first()
    if moving is None:
        return
    _prove(moving, "ended", form="account:address", ip="", at=at)
    there = Subscription.objects.open().select_for_update().filter(address=after, stream=moving.stream).first()
    if there is not None and there.state == Subscription.State.ACTIVE:
        moving.state, moving.ended_at, moving.ended_reason = Subscription.State.ENDED, at, "moved to one that was there"
        moving.save(update_fields=["state", "ended_at", "ended_reason"])
        withhold_unsent(moving, reason="the account moved to another address")
        return
    if there is not None:
        there.state, there.ended_at, there.ended_reason = Subscription.State.ENDED, at, "the account brought its own"
        there.save(update_fields=["state", "ended_at", "ended_reason"])
    moving.address = after
    moving.save(update_fields=["address"])
    move_unsent(moving, after)
    _prove(moving, "confirmed", form="account:address", ip="", at=at)


def _activate(
    subscription: Subscription, address: Address, *, weekday: int, hour: int, form: str, ip: str, at: datetime
) -> Subscription:
    subscription.state, subscription.confirmed_at = Subscription.State.ACTIVE, at
    subscription.weekday, subscription.local_hour = weekday, hour
    subscription.next_due_at = first_due(subscription, at=at)
    subscription.save()
    lift(address.email, scope=WEEKLY)
    _prove(subscription, "confirmed", form=form, ip=ip, at=at)
    return subscription


def _prove(subscription: Subscription, action: str, *, form: str, ip: str, at: datetime) -> None:
    account = subscription.address.account_id
    ConsentEvent.objects.create(
        address=subscription.address,
        stream=subscription.stream,
        action=action,
        basis=subscription.basis,
        wording_id=WORDING,
        form=form,
        ip_trunc=ip,
        at=at,
        by=account,
    )


def _must_prove_again(address: Address, *, at: datetime) -> bool:
    """Mail came back from it, and it has no account whose page could have it written to again."""
    return address.account_id is None and may_be_tried(address, at=at)


def _end(subscription: Subscription, *, reason: str, at: datetime) -> None:
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.ENDED, at, reason
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    withhold_unsent(subscription, reason=reason)


def _locked(address: Address) -> Address:
    return Address.objects.select_for_update().get(pk=address.pk)


def _locked_row(subscription: Subscription) -> Subscription:
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("address")
    locked: Subscription = rows.get(pk=subscription.pk)
    return locked
