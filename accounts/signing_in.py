"""allauth's forms, where ours do more: no answer tells whether an address has an account, and a second address leads in too."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context as request_context
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.socialaccount.forms import SignupForm as ProviderForm
from django.db import transaction
from django.forms import BooleanField, Field, HiddenInput
from django.http import HttpRequest

from accounts.codes import code_for
from accounts.readers import people_behind


class SignUpForm(forms.SignupForm):  # type: ignore[misc]
    """Where the address has an account, as much work is done as for a new one, and thrown away: the time tells nothing either."""

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            self._work_for_nothing(request)
        return super().try_save(request)

    def _work_for_nothing(self, request: HttpRequest) -> None:
        email = self.cleaned_data["email"]
        self.cleaned_data["email"] = f"{secrets.token_hex(12)}@taken.invalid"
        self.account_already_exists = False
        with transaction.atomic():
            self.save(request)
            transaction.set_rollback(True)
        self.account_already_exists, self.cleaned_data["email"] = True, email


class _PasswordComesNext:
    """allauth puts a link to a forgotten password between the label and the box. Our pages lead there behind their button: by
    keyboard the box comes next."""

    fields: dict[str, Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"password", "oldpassword"} & self.fields.keys():
            self.fields[name].help_text = ""


class SignInForm(_PasswordComesNext, forms.LoginForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_PasswordComesNext, forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(_PasswordComesNext, forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class ProviderSignUpForm(ProviderForm):  # type: ignore[misc]
    """Name and terms. The address is the one that the provider confirmed; it can be changed later, on the account page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]
    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        self.users = people_behind(email)
        return email


class RequestCodeForm(forms.RequestLoginCodeForm):  # type: ignore[misc]
    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        if not ratelimit.consume(request_context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        people = people_behind(email)
        self._user = people[0] if people else None
        return email


class ConfirmCodeForm(forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    """What lies in the session is a ticket (accounts/codes.py)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        ticket = kwargs.pop("code", "")
        super().__init__(*args, code=code_for(ticket) if ticket else "", **kwargs)


@contextmanager
def _half_said_is_wrong() -> Iterator[None]:
    """A passkey's answer comes as JSON from outside. allauth fails on one that lacks parts; here it is a wrong one."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise mfa_adapter().validation_error("incorrect_code") from error


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Only keys that ask who holds them (finger, face, PIN): one is enough to sign in, so there is no choice to explain."""

    passwordless = BooleanField(widget=HiddenInput, initial=True)

    def clean(self) -> dict[str, Any]:
        with _half_said_is_wrong():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class _PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        with _half_said_is_wrong():
            return super().clean_credential()


class LoginPasskeyForm(_PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc]
    """Signs in by the passkey alone."""


class AuthenticatePasskeyForm(_PasskeyForm):
    """The second step."""


class ReauthenticatePasskeyForm(_PasskeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Still you?"""
