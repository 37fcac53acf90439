"""Where allauth's flows end: our names, our outbox, our book of addresses."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as request_context
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions.addresses import settle_confirmed_address
from accounts.actions.people import save_with_free_handle
from accounts.actions.sessions import end_sessions_elsewhere
from accounts.actions.terms import accept_terms
from accounts.codes import new_ticket
from accounts.handles import sort_key
from accounts.models import User
from accounts.readers import addresses_for_word, is_first_factor
from common import audit
from mail import addresses
from mail.outbox import queue_mail

_SAID_PLAINLY = {
    "account_inactive": "This account is closed.",
    "email_password_mismatch": "That address and that password do not go together. Check both, or have a link sent to you.",
    "enter_current_password": "That is not the password you have now.",
    "incorrect_password": "That is not your password.",
    "duplicate_email": "This is the address of your account already.",
    "email_taken": "There is an account with this address already.",
    "incorrect_code": "That is not the code. Look again, or ask for a new one.",
    "rate_limited": "That was a lot of tries in a short time. Wait five minutes, then try again.",
    "same_as_current": "Choose one that differs from the one you have now.",
    "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
}
_NEW_PASSWORD = frozenset({"password_changed", "password_set", "password_reset"})
_NEW_FACTOR = frozenset({"totp_activated", "webauthn_added"})
_WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code from your app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
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
        user.set_password(form.cleaned_data.get("password1"))  # None: signs in through a provider
        if not commit:
            return user
        save_with_free_handle(user)
        accept_terms(user, at=user.created_at)
        return user

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        if not super().confirm_email(request, email_address):
            return False
        settle_confirmed_address(User.objects.get(pk=email_address.user_id), email=email_address.email, at=timezone.now())
        return True

    def generate_login_code(self) -> str:
        """A ticket; the code is made of it when the mail is handed over (accounts/codes.py)."""
        return new_ticket()

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "accounts.stages.AddressStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        return [{**way, "description": _WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        self._queue("accounts.confirm_address", address.email, {"email_address": address.pk})

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        self._queue("accounts.reset_password", email, {"user": user.pk})

    def send_account_already_exists_mail(self, email: str) -> None:
        self._queue("accounts.account_exists", email, {})

    @transaction.atomic
    def send_notification_mail(self, template_prefix: str, user: User, context: Any = None, email: str | None = None) -> None:
        """The one place where allauth says that the account changed. Word goes to the address that was good before and to the
        second one; the audit keeps it; a new password signs out elsewhere, and so does the first second factor: a session that
        began without one never becomes staff (docs/adr/0009)."""
        now, what = timezone.now(), template_prefix.rsplit("/", 1)[-1]
        for told in addresses_for_word(user, before=email):
            self._queue("accounts.account_changed", told, {"user": user.pk, "what": what})
        audit.record(f"account.{what}", subject=("user", user.pk), by=user.pk, at=now)
        if what in _NEW_PASSWORD or (what in _NEW_FACTOR and is_first_factor(user)):
            end_sessions_elsewhere(user, this=self._session_key(user), at=now)

    def _session_key(self, user: User) -> str | None:
        """The key of the session that asks, where it is this person's."""
        request = request_context.request
        return request.session.session_key if request.user.pk == user.pk else None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The two mails that allauth sends by this way to us: a code to sign in, and that there is no account with an address."""
        if template_prefix == "account/email/login_code":
            self._queue("accounts.login_code", email, {"ticket": context["code"]})
        elif template_prefix == "account/email/unknown_account":
            self._queue("accounts.unknown_account", email, {})
        else:
            raise ValueError(f"No mail kind for {template_prefix}")

    def _queue(self, kind: str, email: str, params: dict[str, int | str]) -> None:
        now = timezone.now()
        address = addresses.address_for(email, at=now)
        queue_mail(address, kind=kind, key=f"{kind}:{now.isoformat()}", params=params, at=now)
