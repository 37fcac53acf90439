"""An account is to be closed for good: asked for by its owner, or by one officer with a second one's yes; called off until the
day. What is erased then, and how: `accounts.actions.erasing`."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.actions.roles import lock_officers, refuse_last_administrator
from accounts.models import Closing, User
from accounts.permissions import can_agree_to_close, can_call_closing_off, can_close_account, can_close_for_another
from accounts.readers import addresses_for_word
from accounts.standing import standing_now
from common import audit
from common.errors import DomainError
from mail import addresses
from mail.outbox import queue_mail
from notifications.events import record_event


class ClosesAlready(DomainError):
    """It was asked for already, or the account is closed."""


class ClosingIsOver(DomainError):
    def __init__(self) -> None:
        super().__init__("This was called off, agreed to or done already. Open the page again to see how.")


@transaction.atomic
def close_own_account(user: User, *, at: datetime) -> Closing:
    """It ends for good in CLOSING_DAYS, unless they call it off. Word goes to their addresses. Raises ClosesAlready,
    LastAdministrator."""
    user = _held(user, at=at)
    can_close_account(user).enforce()
    due = at + timedelta(days=settings.CLOSING_DAYS)
    closing = Closing.objects.create(user=user, why=Closing.Why.OWN, asked_at=at, asked_by=user, due_at=due)
    _set_day(closing, at=at)
    audit.record("account.ask_to_close", subject=("user", user.pk), by=user.pk, at=at, why=closing.why)
    return closing


@transaction.atomic
def propose_closing(user: User, *, why: str, by: User, at: datetime) -> Closing:
    """An officer asks for somebody, with one of `Closing.BY_OFFICERS`: a reason out of a list, since words could say more than
    the record may keep. A second officer decides. Raises ClosesAlready, LastAdministrator, Refused."""
    user = _held(user, at=at)
    can_close_for_another(standing_now(by.pk), whose=user.pk).enforce()
    closing = Closing.objects.create(user=user, why=why, asked_at=at, asked_by=by)
    record_event("accounts.closing_asked", at=at, by=by.pk, closing=closing.pk, user=user.pk)
    audit.record("account.ask_to_close", subject=("user", user.pk), by=by.pk, at=at, why=why)
    return closing


@transaction.atomic
def agree_to_close(closing: Closing, *, by: User, at: datetime) -> Closing:
    """The second officer: from here on the days run, and its owner is told by mail and can keep it. Raises ClosingIsOver,
    LastAdministrator, Refused."""
    lock_officers()
    closing = _locked(closing)
    if closing.due_at is not None:
        raise ClosingIsOver
    can_agree_to_close(standing_now(by.pk), closing).enforce()
    refuse_last_administrator(closing.user, at=at)
    closing.agreed_at, closing.agreed_by = at, by
    closing.due_at = at + timedelta(days=settings.CLOSING_DAYS)
    closing.save(update_fields=["agreed_at", "agreed_by", "due_at"])
    _set_day(closing, at=at)
    audit.record("account.agree_to_close", subject=("user", closing.user_id), by=by.pk, at=at, why=closing.why)
    return closing


@transaction.atomic
def keep_account(closing: Closing, *, by: User | None, at: datetime) -> Closing:
    """It is not closed after all. `by` is None where they came by the link in the mail, which is theirs alone. Raises
    ClosingIsOver, Refused."""
    closing = _locked(closing)
    if by is not None:
        can_call_closing_off(standing_now(by.pk), closing).enforce()
    closing.called_off_at, closing.called_off_by = at, by
    closing.save(update_fields=["called_off_at", "called_off_by"])
    User.objects.filter(pk=closing.user_id).update(closes_at=None)
    if closing.due_at is not None:
        for told in addresses_for_word(closing.user):
            params: dict[str, int | str] = {"user": closing.user_id, "what": "closing_called_off"}
            key = f"accounts.kept:{closing.pk}"
            queue_mail(addresses.address_for(told, at=at), kind="accounts.account_changed", key=key, params=params, at=at)
    actor = by.pk if by is not None else closing.user_id
    audit.record("account.keep", subject=("user", closing.user_id), by=actor, at=at, by_link=by is None)
    return closing


def _held(user: User, *, at: datetime) -> User:
    """The account, held, with its standing. Raises ClosesAlready, LastAdministrator."""
    lock_officers()
    User.objects.select_for_update().get(pk=user.pk)
    user = standing_now(user.pk)
    if not user.is_active or Closing.objects.open().filter(user=user).exists():
        raise ClosesAlready("This account is about to be closed already, or is closed.")
    refuse_last_administrator(user, at=at)
    return user


def _locked(closing: Closing) -> Closing:
    """Locked, the account first. Raises ClosingIsOver where nothing can be done about it any more."""
    User.objects.select_for_update().get(pk=closing.user_id)
    found = Closing.objects.select_for_update(of=("self",)).select_related("user").get(pk=closing.pk)
    if found.called_off_at is not None or found.begun_at is not None:
        raise ClosingIsOver
    return found


def _set_day(closing: Closing, *, at: datetime) -> None:
    User.objects.filter(pk=closing.user_id).update(closes_at=closing.due_at)
    for told in addresses_for_word(closing.user):
        key = f"accounts.account_closes:{closing.pk}"
        params: dict[str, int | str] = {"closing": closing.pk}
        queue_mail(addresses.address_for(told, at=at), kind="accounts.account_closes", key=key, params=params, at=at)
