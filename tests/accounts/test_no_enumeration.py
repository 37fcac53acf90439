"""Whether an address has an account is told by no text, no status, and no amount of work (hashings and statements; no wall clock)."""

import re
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import UserFactory
from tests.accounts.ways_in import signed_in

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.org", "never@example.org"
AS_MANY = 6
"""By how many statements two answers may differ: rows of addresses that are made at first sight."""

FORMS = {
    "account_login": {"login": "{}", "password": "not this one at all"},
    "account_signup": {"email": "{}", "display_name": "Somebody New", "password1": "a long enough phrase", "terms": "on"},
    "account_reset_password": {"email": "{}"},
    "account_request_login_code": {"email": "{}"},
}


def told(name, email):
    """What a stranger sees of one answer, the page after it included; how many passwords were hashed; how many statements ran."""
    cache.clear()
    client, hashed = Client(), []
    encode = Argon2PasswordHasher.encode

    def counted(self, *args, **kwargs):
        hashed.append("encode")
        return encode(self, *args, **kwargs)

    verify = Argon2PasswordHasher.verify

    def verified(self, *args, **kwargs):
        hashed.append("verify")
        return verify(self, *args, **kwargs)

    form = {key: value.format(email) for key, value in FORMS[name].items()}
    client.get(reverse(name))
    with (
        patch.object(Argon2PasswordHasher, "encode", counted),
        patch.object(Argon2PasswordHasher, "verify", verified),
        CaptureQueriesContext(connection) as statements,
    ):
        answer = client.post(reverse(name), form)
    there = answer.headers.get("Location", "")
    page = (client.get(there) if there else answer).content.decode()
    page = re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[^"]*"', "", page).replace(email, "ADDRESS")
    return answer.status_code, there, page, len(hashed), len(statements)


@pytest.mark.parametrize("name", FORMS)
def test_known_and_unknown_look_and_weigh_the_same(name):
    UserFactory(email=KNOWN, member=True)
    known, unknown = told(name, KNOWN), told(name, UNKNOWN)
    assert known[:3] == unknown[:3]
    assert known[3] == unknown[3], "as many hashings"
    assert abs(known[4] - unknown[4]) <= AS_MANY, (known[4], unknown[4])


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_request_login_code"])
@pytest.mark.parametrize("kind", ["closed", "without a password"])
def test_nor_does_a_closed_or_an_imported_account(name, kind):
    user = UserFactory(email=KNOWN, is_active=kind != "closed")
    if kind != "closed":
        user.set_unusable_password()
        user.save()
    assert told(name, KNOWN)[:4] == told(name, UNKNOWN)[:4]


def test_the_work_for_nothing_leaves_nothing():
    UserFactory(email=KNOWN)
    before = User.objects.count()
    told("account_signup", KNOWN)
    assert User.objects.count() == before


def test_a_passkey_challenge_names_nobody(client):
    UserFactory(email=KNOWN)
    answer = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert not answer["request_options"]["publicKey"].get("allowCredentials")
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "x"}'}, follow=True)
    assert "try the passkey again" in answer.content.decode()


def test_changing_to_a_known_address_looks_as_to_an_unknown_one():
    UserFactory(email=KNOWN)
    answers = []
    for email in (KNOWN, UNKNOWN):
        cache.clear()
        client = signed_in(UserFactory(member=True))
        page = client.post(reverse("account_email"), {"email": email, "action_add": ""}, follow=True)
        answers.append((page.status_code, page.redirect_chain, "Not confirmed yet" in page.content.decode()))
    assert answers[0] == answers[1]
