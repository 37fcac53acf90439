"""Sign-in through others, against a real little provider."""

import json
import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.standing import standing_of
from config.providers import ProviderListError, openid_providers
from mail.models import Address
from tests.accounts.factories import UserFactory
from tests.accounts.openid import OpenIDServer
from tests.accounts.ways_in import is_signed_in, set_up_app, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
LEAVE = "/accounts/oidc/inst/login/"


@pytest.fixture
def provider(settings):
    cache.clear()
    with OpenIDServer() as server:
        (one,) = openid_providers(server.settings)
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {**settings.SOCIALACCOUNT_PROVIDERS["openid_connect"], "APPS": [one.app]}
        }
        yield server


def ask(client, process="login"):
    """Off to the provider: the address that it is asked at."""
    answer = client.post(f"{LEAVE}?process={process}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def go(client, process="login", **changed):
    """All the way: off, through the provider, and back."""
    back = requests.get(ask(client, process), allow_redirects=False, timeout=5).headers["Location"]
    there = urlsplit(back)
    query = {key: each[0] for key, each in parse_qs(there.query).items()} | changed
    return client.get(there.path, query)


def open_account(client, **changed):
    form = {"display_name": "Maren Holt", "email": "maren@practice.example", "terms": "on"} | changed
    return client.post(reverse("socialaccount_signup"), form)


def test_the_sign_in_page_offers_it_and_a_get_changes_nothing(client, provider):
    page = client.get(reverse("account_login")).content.decode()
    assert "Sign in with The Institute" in page
    assert f'action="{LEAVE}?process=login"' in page
    assert "Sign in with The Institute?" in client.get(LEAVE).content.decode()


def test_it_is_asked_with_pkce_state_and_nonce(client, provider):
    query = parse_qs(urlsplit(ask(client)).query)
    assert {"state", "nonce", "code_challenge"} <= set(query)
    assert set(query["scope"][0].split()) == {"openid", "profile", "email"}


def test_somebody_new_opens_an_account_with_the_address_confirmed(client, provider):
    assert go(client).headers["Location"] == reverse("socialaccount_signup")
    page = client.get(reverse("socialaccount_signup")).content.decode()
    assert "Maren Holt" in page
    assert not User.objects.exists()
    open_account(client)
    user = User.objects.get()
    assert is_signed_in(client)
    assert (user.display_name, user.email, user.has_usable_password()) == ("Maren Holt", "maren@practice.example", False)
    assert user.terms_version
    assert standing_of(user).is_member
    assert set(SocialAccount.objects.get().extra_data["userinfo"]) == {"sub", "name", "email", "email_verified"}, (
        "no more is kept"
    )
    assert Address.objects.get(email=user.email).account_id == user.pk


def test_another_address_than_the_confirmed_one_is_not_taken(client, provider):
    go(client)
    open_account(client, email="other@example.org")
    assert User.objects.get().email == "maren@practice.example"


def test_an_account_is_found_by_its_confirmed_address_and_kept_when_that_changes(client, provider):
    user = UserFactory(email="maren@practice.example", member=True)
    go(client)
    assert client.session["_auth_user_id"] == str(user.pk)
    client.logout()
    provider.who["email"] = "elsewhere@practice.example"
    go(client)
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(("told", "gets_in"), [("false", False), ("no", False), (None, False), ("true", True)])
def test_a_provider_that_says_false_as_a_word_has_confirmed_nothing(client, provider, told, gets_in):
    UserFactory(email="maren@practice.example", member=True)
    provider.who["email_verified"] = told
    go(client)
    assert is_signed_in(client) == gets_in


def test_an_account_whose_address_nobody_confirmed_is_not_handed_over(client, provider):
    user = UserFactory(email="maren@practice.example")
    EmailAddress.objects.filter(user=user).update(verified=False)
    go(client)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_address_that_the_provider_did_not_confirm_makes_and_finds_no_account(client, provider):
    UserFactory(email="maren@practice.example")
    provider.who["email_verified"] = False
    answer = go(client)
    assert answer.status_code == 403
    assert "The Institute has not checked your address" in answer.content.decode()
    assert not is_signed_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


@pytest.mark.parametrize("wrong", ["nonce", "audience", "key", "none", "userinfo"])
def test_an_answer_that_does_not_fit_ends_on_a_page_that_says_so(client, provider, wrong):
    provider.wrong = wrong
    answer = go(client)
    assert "That did not work" in answer.content.decode()
    assert not is_signed_in(client)
    assert not User.objects.exists()


@pytest.mark.parametrize("state", ["made up", ""])
def test_so_does_a_wrong_state(client, provider, state):
    answer = go(client, state=state)
    assert "That did not work" in answer.content.decode()
    assert not User.objects.exists()


def test_an_answer_meant_for_another_browser_signs_nobody_in(client, provider):
    back = urlsplit(requests.get(ask(client), allow_redirects=False, timeout=5).headers["Location"])
    elsewhere = type(client)()
    assert "That did not work" in elsewhere.get(f"{back.path}?{back.query}").content.decode()


def test_saying_no_over_there_is_told_as_that(client, provider):
    state = parse_qs(urlsplit(ask(client)).query)["state"][0]
    answer = client.get(f"{LEAVE}callback/", {"error": "access_denied", "state": state}, follow=True)
    assert "You are not signed in" in answer.content.decode()


def test_a_provider_that_is_gone_is_told_so(client, provider):
    provider._server.shutdown()
    provider._server.server_close()
    answer = client.post(LEAVE)
    assert "That did not work" in answer.content.decode()


def test_the_second_step_is_asked_here_too(client, provider):
    user = UserFactory(email="maren@practice.example", moderator=True)
    set_up_app(signed_in(user))
    assert go(client).headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_it_is_connected_and_taken_off_on_the_account_page(provider):
    user = UserFactory(email="work@example.org", member=True)
    client = signed_in(user)
    go(client, "connect")
    account = SocialAccount.objects.get(user=user)
    assert "Take it off" in client.get(reverse("socialaccount_connections")).content.decode()
    client.post(reverse("socialaccount_connections"), {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_a_provider_that_settings_do_not_name_is_not_found(client, provider):
    assert client.get("/accounts/oidc/other/login/").status_code == 404


def test_without_providers_the_page_offers_none(client):
    assert "Sign in with" not in client.get(reverse("account_login")).content.decode()


GOOD = {"id": "a", "name": "A", "server_url": "https://a.example/realm", "client_id": "c", "secret": "hush-hush"}


def test_the_setting_says_who_and_where_forms_may_lead():
    (one,) = openid_providers(json.dumps([GOOD]))
    assert one.origin == "https://a.example"
    assert openid_providers("") == []


def test_forms_may_lead_to_the_providers_of_the_settings_and_nowhere_else():
    ask = "import config.settings as s; print(s.CONTENT_SECURITY_POLICY['form-action'])"
    environ = {**os.environ, "OIDC_PROVIDERS": json.dumps([GOOD])}
    told = subprocess.run(
        [sys.executable, "-c", ask], env=environ, capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert told.stdout.strip() == "[\"'self'\", 'https://a.example']"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("{", "not JSON"),
        (json.dumps(GOOD), "must be a JSON list"),
        (json.dumps([{**GOOD, "secret": ""}]), "Provider 1"),
        (json.dumps([GOOD, {"id": "b"}]), "Provider 2"),
        (json.dumps([GOOD, GOOD]), "twice"),
        (json.dumps([{**GOOD, "server_url": "http://a.example"}]), "https://"),
    ],
)
def test_a_setting_that_is_wrong_says_what_to_mend_and_quotes_no_secret(told, reason):
    with pytest.raises(ProviderListError, match=reason) as caught:
        openid_providers(told)
    assert "hush" not in str(caught.value)
