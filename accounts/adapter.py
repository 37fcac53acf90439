"""Where allauth's flows end: our names, our outbox, our book of addresses."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions.claiming import admit_by_address
from accounts.actions.people import save_with_free_handle
from accounts.handles import sort_key
from accounts.models import User
from mail import addresses
from mail.outbox import queue_mail

_SAID_PLAINLY = {
    "account_inactive": "This account is closed.",
    "email_password_mismatch": "That address and that password do not go together. Check both, or have a link sent to you.",
    "enter_current_password": "That is not the password you have now.",
    "incorrect_password": "That is not your password.",
    "duplicate_email": "This is the address of your account already.",
    "email_taken": "There is an account with this address already.",
    "rate_limited": "That was a lot of tries in a short time. Wait five minutes, then try again.",
    "same_as_current": "Choose one that differs from the one you have now.",
    "too_many_login_attempts": "Too many tries with a wrong password. Wait five minutes, then try again.",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nothing here decides; it hands on to the actions."""

    error_messages: ClassVar = {**DefaultAccountAdapter.error_messages, **_SAID_PLAINLY}

    def clean_email(self, email: str) -> str:
        if not addresses.is_reachable(email):
            raise ValidationError("We cannot write to this address. Enter one like name@example.org.")
        return email

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.email = form.cleaned_data["email"].lower()
        user.display_name = form.cleaned_data["display_name"].strip()
        user.sort_key = sort_key(user.display_name)
        user.created_at = timezone.now()
        user.set_password(form.cleaned_data["password1"])
        return save_with_free_handle(user) if commit else user

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        if not super().confirm_email(request, email_address):
            return False
        now = timezone.now()
        user = User.objects.get(pk=email_address.user_id)
        addresses.attach(user, email=email_address.email, at=now)
        admit_by_address(user, email=email_address.email, at=now)
        return True

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        self._queue("accounts.confirm_address", address.email, {"email_address": address.pk})

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        self._queue("accounts.reset_password", email, {"user": user.pk})

    def send_account_already_exists_mail(self, email: str) -> None:
        self._queue("accounts.account_exists", email, {})

    def send_notification_mail(self, template_prefix: str, user: User, context: Any = None, email: str | None = None) -> None:
        """Word of a change to the account, to the address that was good before the change."""
        what = template_prefix.rsplit("/", 1)[-1]
        self._queue("accounts.account_changed", email or user.email, {"user": user.pk, "what": what})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The only mail that allauth sends by this way to us: somebody asked to reset an account that does not exist."""
        if template_prefix != "account/email/unknown_account":
            raise ValueError(f"No mail kind for {template_prefix}")
        self._queue("accounts.unknown_account", email, {})

    def _queue(self, kind: str, email: str, params: dict[str, int | str]) -> None:
        now = timezone.now()
        address = addresses.address_for(email, at=now)
        queue_mail(address, kind=kind, key=f"{kind}:{now.isoformat()}", params=params, at=now)
