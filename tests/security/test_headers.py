"""What stands around every answer: the same policy on pages, parts, errors and files; and what is one reader's stays theirs."""

import logging

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.logs import WithoutSecrets
from digest.models import CapabilityToken
from digest.requests import truncated_ip
from digest.tokens import secret_of, standing_token
from tests.accounts.factories import PASSWORD, UserFactory
from tests.digest.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def manage_url():
    token = standing_token(SubscriptionFactory(), CapabilityToken.Scope.PAUSE, at=timezone.now())
    return reverse("digest:manage", args=[secret_of(token)])


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        ("/", 200, {}),
        ("/no-such-page/", 404, {}),
        ("/styleguide/", 302, {}),
        ("/static/ui/favicon.svg", 200, {}),
        ("/forum/preview/", 302, {}),
        ("/healthz", 200, {}),
        ("/", 400, {"HTTP_HOST": "evil.example"}),
        ("/weekly/m/nothing/", 404, {}),
    ],
)
def test_every_kind_of_answer_carries_the_policy(client, path, status, headers):
    response = client.get(path, **headers)
    assert response.status_code in {status, 403}
    told = {part.strip() for part in response.headers["Content-Security-Policy"].split(";")}
    assert told == {part.strip() for part in POLICY.split(";")}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_a_crash_and_a_refused_form_carry_the_policy_too(monkeypatch):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    refused = strict.post(reverse("digest:subscribe"), {"email": "a@example.org"})
    monkeypatch.setattr("home.views.front_page", lambda *_, **__: 1 / 0)
    crashed = strict.get("/")
    assert (refused.status_code, crashed.status_code) == (403, 500)
    for response in (refused, crashed):
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_what_was_made_for_one_reader_is_kept_by_no_cache_between():
    client = Client()
    client.force_login(UserFactory(member=True))
    for name in ("home", "notifications:list", "accounts:profile", "digest:mine"):
        response = client.get(reverse(name))
        assert "private" in response.headers["Cache-Control"], name
        assert "Cookie" in response.headers["Vary"], name


def test_a_page_behind_a_secret_address_is_kept_nowhere(client):
    response = client.get(manage_url())
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "reader" not in response.content.decode().split("<main", 1)[1].lower().split("@")[0][-8:], "the address is masked"


def test_signing_in_begins_another_session_and_its_cookie_is_not_for_scripts(client):
    cache.clear()
    user = UserFactory(member=True)
    client.get(reverse("account_login"))
    client.session["before"] = 1
    planted = client.session
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert client.session["_auth_user_id"] == str(user.pk)
    assert cookie.value != planted.session_key
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_visitor_cannot_choose_the_place_they_come_from(rf, settings):
    told = {"REMOTE_ADDR": "10.0.0.5", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert truncated_ip(rf.get("/", **told)) == "10.0.0.0"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert truncated_ip(rf.get("/", **told)) == "198.51.100.0", "what our own proxy wrote, not what the visitor did"


@pytest.mark.parametrize("path", ["/weekly/m/SECRET/leave/", "/weekly/confirm/SECRET/", "/accounts/password/reset/key/SECRET/"])
def test_the_log_keeps_no_key_out_of_an_address(path):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Forbidden: %s", (path,), None)
    assert WithoutSecrets().filter(record)
    assert "SECRET" not in record.getMessage()
    assert record.getMessage().startswith("Forbidden: /")
