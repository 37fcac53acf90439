"""Signing in as a browser does it, for tests: what is typed, mailed and shown."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mail import delivery
from tests.accounts.factories import PASSWORD


def deliver():
    delivery.deliver("critical", clock=timezone.now)


def link_in(mail, path):
    return re.search(rf"https?://[^/\s]+(/accounts/{path}/\S+)", mail.text)[1]


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def signed_in(user, user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36") -> Client:
    """A browser in which somebody signed in with their password."""
    client = Client(headers={"user-agent": user_agent})
    sign_in(client, user.email)
    assert is_signed_in(client)
    return client


def show_it_is_you(client) -> None:
    """What matters asks for the password once more, and then for ten minutes no more."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def six_digits(secret, *, steps=0) -> str:
    """What an app shows now; `steps`: half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(client) -> str:
    """Set up an authenticator app. Returns the secret."""
    show_it_is_you(client)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200, page.headers
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": six_digits(secret)})
    assert done.status_code == 302, done.context["form"].errors
    return secret
