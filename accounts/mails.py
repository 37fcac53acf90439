"""What the house writes about an account. Links are made here, at hand-over: their secrets never lie in a table."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail

_CHANGES = {
    "password_changed": "Your password was changed.",
    "password_set": "A password was set for your account.",
    "password_reset": "Your password was reset.",
    "email_changed": "The e-mail address of your account was changed. This address is no longer used for it.",
    "membership_attached": "Your membership of the institute was attached to your account.",
    "email_deleted": "An e-mail address was taken off your account.",
}


def _link(name: str, **kwargs: Any) -> str:
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


class _AccountMail:
    lane: ClassVar[Literal["critical", "notify"]] = "critical"


class ConfirmAddress(_AccountMail):
    """Is this mailbox yours? The link opens a page with a button; opening it changes nothing."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        address = EmailAddress.objects.filter(pk=mail.params["email_address"]).select_related("user").first()
        if address is None or address.verified:
            return Dropped("the address is confirmed already, or no longer on the account")
        key = EmailConfirmationHMAC.create(address).key
        context = {"name": address.user.get_short_name(), "link": _link("account_confirm_email", key=key)}
        return letter_from("accounts/mail/confirm_address", context)


class ResetPassword(_AccountMail):
    """The link to choose a new password."""

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        user = User.objects.filter(pk=mail.params["user"], is_active=True).first()
        if user is None:
            return Dropped("the account is closed")
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
        uid, _, token = key.partition("-")
        link = _link("account_reset_password_from_key", uidb36=uid, key=token)
        return letter_from("accounts/mail/reset_password", {"name": user.get_short_name(), "link": link})


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
