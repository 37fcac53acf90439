"""What the house writes about an account. Links are made here, at hand-over: their secrets never lie in a table."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.codes import code_for
from accounts.models import Closing, RecoveryAddress, User
from accounts.readers import people_behind
from accounts.tokens import keeping_key, recovery_key
from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail

_CHANGES = {
    "password_changed": "Your password was changed.",
    "password_set": "A password was set for your account.",
    "password_reset": "Your password was reset.",
    "email_changed": "The e-mail address of your account was changed. The one before is no longer used for it.",
    "membership_attached": "Your membership of the institute was attached to your account.",
    "email_deleted": "An e-mail address was taken off your account.",
    "totp_activated": "An authenticator app was set up as the second step for signing in.",
    "totp_deactivated": "The authenticator app was taken off: it is no longer asked for when you sign in.",
    "webauthn_added": "A passkey was added. Whoever holds it can sign in with it.",
    "webauthn_removed": "A passkey was taken off.",
    "recovery_codes_generated": "New recovery codes were made. The ones before no longer work.",
    "account_connected": "Another way to sign in was connected to your account.",
    "account_disconnected": "A way to sign in through somebody else was taken off your account.",
    "closing_called_off": "Your account stays: closing it was called off.",
    "recovery_address_added": "A second address was named for getting back into your account.",
    "recovery_address_removed": "The second address, for getting back in, was taken off your account.",
}
CODE_LASTS = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


def _link(name: str, **kwargs: Any) -> str:
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


class _AccountMail:
    lane: ClassVar[Literal["critical", "notify"]] = "critical"


class ConfirmAddress(_AccountMail):
    """Is this mailbox yours? The link opens a page with a button; opening it changes nothing. Greets nobody by name: whoever
    typed the address typed the name too, and `https://…` would go in our name to a mailbox that is not theirs. Goes also, once a
    day, where mail came back, and to whoever closed an account: they alone can say that it works, or that they are back."""

    tries_what_came_back: ClassVar = True

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        address = EmailAddress.objects.filter(pk=mail.params["email_address"]).select_related("user").first()
        if address is None or address.verified:
            return Dropped("the address is confirmed already, or no longer on the account")
        key = EmailConfirmationHMAC.create(address).key
        return letter_from("accounts/mail/confirm_address", {"link": _link("account_confirm_email", key=key)})


class ResetPassword(_AccountMail):
    """The link to choose a new password."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        user = User.objects.filter(pk=mail.params["user"], is_active=True).first()
        if user is None:
            return Dropped("the account is closed")
        if user not in people_behind(mail.address.email):
            return Dropped("the address no longer leads into this account")
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
        uid, _, token = key.partition("-")
        link = _link("account_reset_password_from_key", uidb36=uid, key=token)
        return letter_from("accounts/mail/reset_password", {"name": user.get_short_name(), "link": link})


class LoginCode(_AccountMail):
    """A code to sign in by, made here of the ticket that lies in the row and in the session (accounts/codes.py)."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        if at - mail.created_at > CODE_LASTS:
            return Dropped("the code would no longer work")
        return letter_from("accounts/mail/login_code", {"code": code_for(mail.params["ticket"])})


class ConfirmRecovery(_AccountMail):
    """Is this second mailbox yours? As with the first: a page with a button."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        address = RecoveryAddress.objects.filter(pk=mail.params["recovery"]).select_related("user").first()
        if address is None or address.confirmed_at is not None:
            return Dropped("the address is confirmed already, or no longer on the account")
        link = _link("accounts:confirm_recovery", key=recovery_key(address))
        return letter_from("accounts/mail/confirm_recovery", {"link": link})


class AccountExists(_AccountMail):
    """Somebody signed up with an address that has an account: told here, so that the page need not tell a stranger."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        context = {"sign_in": _link("account_login"), "reset": _link("account_reset_password")}
        return letter_from("accounts/mail/account_exists", context)


class UnknownAccount(_AccountMail):
    """Somebody asked to reset a password where there is no account."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        return letter_from("accounts/mail/unknown_account", {"sign_up": _link("account_signup")})


class AccountChanged(_AccountMail):
    """Word of a change, to the address that was good before it."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        user = User.objects.filter(pk=mail.params["user"]).first()
        if user is None:
            return Dropped("the account is closed")
        told = _CHANGES.get(mail.params["what"], "Something about how you sign in was changed.")
        context = {"name": user.get_short_name(), "told": told, "reset": _link("account_reset_password"), "at": mail.created_at}
        return letter_from("accounts/mail/account_changed", context)


class AccountCloses(_AccountMail):
    """The account will be closed for good, and on which day; with a link that keeps it."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        closing = Closing.objects.open().filter(pk=mail.params["closing"]).select_related("user").first()
        if closing is None or closing.due_at is None or closing.begun_at is not None:
            return Dropped("the account stays, or is closed already")
        context = {
            "name": closing.user.get_short_name(),
            "is_own": closing.why == Closing.Why.OWN,
            "due_at": closing.due_at,
            "link": _link("accounts:keep", key=keeping_key(closing)),
            "copy": _link("accounts:copy"),
        }
        return letter_from("accounts/mail/account_closes", context)
