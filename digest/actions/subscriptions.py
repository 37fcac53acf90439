"""Asking for a stream, confirming, and leaving. Every step that says yes or no leaves a consent row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from digest.actions.choices import change_categories, change_day, change_letter
from digest.actions.locking import locked_address, locked_row
from digest.actions.mailboxes import address_of_mailbox
from digest.actions.pacing import note_reading
from digest.actions.proofs import prove
from digest.actions.unsent import give_back, withhold_unsent
from digest.due import first_due
from digest.models import CapabilityToken, Subscription
from digest.permissions import can_ask_for
from digest.readers import NOT_ME_REASON, twins_of, was_asked_enough, was_not_them
from digest.streams import WEEKLY, category_of
from digest.tokens import standing_token
from digest.wordings import ACCOUNT, CONFIRM, ENDED, FORM, NOT_ME, Wording
from digest.zones import LONDON
from mail import addresses
from mail.bounces import forgive_what_came_back, may_be_tried
from mail.models import Address
from mail.outbox import queue_mail
from mail.suppressions import lift, suppress

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
def ask_for_weekly(email: str, *, form: str, ip: str, at: datetime, stream: str = WEEKLY, wording: Wording = FORM) -> None:
    """Somebody typed this address into the form, or holds a link that was mailed to it. A mail to it says what comes next; the
    page says the same whatever we know. Where mail came back from it, its owner's word is asked for again; where they said within
    NOT_ASKED_FOR that it was not they, nothing happens. Another spelling of one mailbox is the one that is known. Safe to
    call twice: one open subscription a stream, one mail an hour and ASKED_A_DAY of them."""
    can_ask_for(AnonymousUser(), stream).enforce()
    address = locked_address(address_of_mailbox(email, stream=stream, at=at))
    if was_not_them(address, at=at):
        return
    subscription = Subscription.objects.open().filter(address=address, stream=stream).first()
    if subscription and subscription.state == Subscription.State.ACTIVE and _must_prove_again(address, at=at):
        _end(subscription, reason="mail came back", at=at)
        subscription = None
    if subscription is None:
        subscription = Subscription.objects.create(address=address, stream=stream, made_at=at, when_empty=_when_empty(stream))
        prove(subscription, "asked", wording=wording, form=form, ip=ip, at=at)
    if subscription.state == Subscription.State.ACTIVE:
        kind, key = "digest.already", f"digest.already:{subscription.pk}:{at:%Y-%m-%d}"
        standing_token(subscription, CapabilityToken.Scope.PAUSE, at=at)
    else:
        kind, key = "digest.confirm", f"digest.confirm:{subscription.pk}:{at:%Y-%m-%dT%H}"
        standing_token(subscription, CapabilityToken.Scope.CONFIRM, at=at)
        if was_asked_enough(address, at=at):
            return
    queue_mail(address, kind=kind, key=key, params={"subscription": str(subscription.pk)}, at=at)


@transaction.atomic
def confirm_subscription(
    subscription: Subscription,
    *,
    weekday: int,
    hour: int,
    form: str,
    ip: str,
    at: datetime,
    tz: str = LONDON,
) -> Subscription:
    """The owner of the mailbox pressed the button: proof kept, the address verified, the edition that is out due at once.
    Confirmed already: nothing happens."""
    subscription = locked_row(subscription)
    if subscription.state != Subscription.State.PENDING:
        return subscription
    address = addresses.confirm(subscription.address, at=at)
    forgive_what_came_back(address, at=at)
    return _activate(subscription, address, weekday=weekday, hour=hour, tz=tz, wording=CONFIRM, form=form, ip=ip, at=at)


@transaction.atomic
def disown_request(subscription: Subscription, *, form: str, ip: str, at: datetime) -> Subscription:
    """Whoever reads the mailbox did not ask: what waits for a confirmation ends, in every stream, and within NOT_ASKED_FOR nobody
    can have the address asked again. What they confirmed before stays. Safe to call twice."""
    address = locked_address(subscription.address)
    for waiting in Subscription.objects.open().select_for_update().filter(address=address, state=Subscription.State.PENDING):
        waiting.state, waiting.ended_at, waiting.ended_reason = Subscription.State.ENDED, at, NOT_ME_REASON
        waiting.save(update_fields=["state", "ended_at", "ended_reason"])
        prove(waiting, "ended", wording=NOT_ME, form=form, ip=ip, at=at)
    return locked_row(subscription)


@transaction.atomic
def own_request_after_all(subscription: Subscription, *, form: str, ip: str, at: datetime) -> Subscription:
    """It was they after all: it waits for their confirmation again, and they may be asked again. Safe to call twice."""
    address = locked_address(subscription.address)
    subscription = locked_row(subscription)
    if subscription.ended_reason != NOT_ME_REASON:
        return subscription
    disowned = Subscription.objects.filter(address=address, ended_reason=NOT_ME_REASON)
    disowned.exclude(pk=subscription.pk).update(ended_reason="not confirmed")
    again = Subscription.objects.open().filter(address=address, stream=subscription.stream).first()
    if again is not None:
        disowned.update(ended_reason="not confirmed")
        return locked_row(again)
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.PENDING, None, ""
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    prove(subscription, "asked", wording=CONFIRM, form=form, ip=ip, at=at)
    return subscription


@transaction.atomic
def subscribe_member(
    user: User,
    *,
    weekday: int,
    hour: int,
    categories: Sequence[int],
    form: str,
    ip: str,
    at: datetime,
    stream: str = WEEKLY,
    tz: str = LONDON,
    plain_text: bool = False,
    when_empty: str = "",
) -> Subscription:
    """One step for who has an account: its address is proved. Raises Refused where they may not ask for this stream,
    AddressNotConfirmed."""
    can_ask_for(user, stream).enforce()
    address = Address.objects.select_for_update().filter(account=user, state=Address.State.VERIFIED).first()
    if address is None:
        raise AddressNotConfirmed
    subscription = Subscription.objects.open().filter(address=address, stream=stream).first()
    if subscription is None:
        subscription = Subscription(address=address, stream=stream, made_at=at)
    wish = when_empty or _when_empty(stream)
    if subscription.state == Subscription.State.ACTIVE:
        change_categories(subscription, categories=categories)
        change_letter(subscription, plain_text=plain_text, when_empty=wish)
        change_day(subscription, weekday=weekday, hour=hour, tz=tz, at=at)
        return note_reading(subscription, at=at)
    subscription.categories, subscription.plain_text, subscription.when_empty = sorted(set(categories)), plain_text, wish
    return _activate(subscription, address, weekday=weekday, hour=hour, tz=tz, wording=ACCOUNT, form=form, ip=ip, at=at)


@transaction.atomic
def leave_weekly(subscription: Subscription, *, form: str, ip: str, at: datetime) -> Subscription:
    """The end of this stream, at once, also for the edition on its way. Proof kept, address suppressed for it. Left already:
    nothing happens."""
    subscription = locked_row(subscription)
    if subscription.state == Subscription.State.ENDED:
        return subscription
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.ENDED, at, "asked"
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    withhold_unsent(subscription, reason=LEFT)
    suppress(subscription.address.email, scope=subscription.stream, reason="asked", at=at)
    prove(subscription, "ended", wording=ENDED, form=form, ip=ip, at=at)
    return subscription


@transaction.atomic
def leave_everything(address: Address, *, form: str, ip: str, at: datetime) -> int:
    """Every stream of this address at once. Mail that its account needs goes on. Returns how many ended. Safe to call twice."""
    mine = list(Subscription.objects.open().filter(address=locked_address(address)).order_by("made_at", "pk"))
    for subscription in mine:
        leave_weekly(subscription, form=form, ip=ip, at=at)
    return len(mine)


@transaction.atomic
def undo_leaving(subscription: Subscription, *, form: str, ip: str, at: datetime) -> Subscription:
    """Pressed by mistake: back as it was, within a day, so that a forwarded mail cannot bring anybody back later. Raises
    TooLateToUndo."""
    subscription = locked_row(subscription)
    if subscription.state == Subscription.State.ACTIVE:
        return subscription
    again = Subscription.objects.open().filter(address=subscription.address, stream=subscription.stream).exists()
    if again or not can_be_undone(subscription, at=at):
        raise TooLateToUndo
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.ACTIVE, None, ""
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    give_back(subscription, reason=LEFT)
    lift(subscription.address.email, scope=subscription.stream)
    prove(subscription, "confirmed", wording=ENDED, form=form, ip=ip, at=at)
    return subscription


def can_be_undone(subscription: Subscription, *, at: datetime) -> bool:
    """Ended by its reader within a day, having been confirmed once."""
    ended = subscription.ended_at
    return (
        ended is not None
        and at - ended <= UNDO_WITHIN
        and subscription.confirmed_at is not None
        and subscription.ended_reason == "asked"
    )


def _activate(
    subscription: Subscription,
    address: Address,
    *,
    weekday: int,
    hour: int,
    tz: str,
    wording: Wording,
    form: str,
    ip: str,
    at: datetime,
) -> Subscription:
    subscription.state, subscription.confirmed_at, subscription.read_at = Subscription.State.ACTIVE, at, at
    subscription.weekday, subscription.local_hour, subscription.tz = weekday, hour, tz
    subscription.next_due_at = first_due(subscription, at=at)
    subscription.save()
    lift(address.email, scope=subscription.stream)
    prove(subscription, "confirmed", wording=wording, form=form, ip=ip, at=at)
    for twin in twins_of(subscription):
        _end(twin, reason="the same mailbox has it", at=at)
        prove(twin, "ended", wording=wording, form=form, ip=ip, at=at)
    return subscription


def _when_empty(stream: str) -> str:
    """A daily without news is not sent, unless its reader wants it."""
    return Subscription.WhenEmpty.SHORT if category_of(stream) is None else Subscription.WhenEmpty.NONE


def _must_prove_again(address: Address, *, at: datetime) -> bool:
    """Mail came back from it, and it has no account whose page could have it written to again."""
    return address.account_id is None and may_be_tried(address, at=at)


def _end(subscription: Subscription, *, reason: str, at: datetime) -> None:
    subscription.state, subscription.ended_at, subscription.ended_reason = Subscription.State.ENDED, at, reason
    subscription.save(update_fields=["state", "ended_at", "ended_reason"])
    withhold_unsent(subscription, reason=reason)
