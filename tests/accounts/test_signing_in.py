import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.standing import standing_of
from mail import delivery
from mail.models import Address, Mail
from tests.accounts.factories import PASSWORD, UserFactory

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forget_throttles():
    cache.clear()


def sign_up(client, email="hester@example.org", name="Hester Quill", password="a-long-enough-phrase"):
    return client.post(reverse("account_signup"), {"display_name": name, "email": email, "password1": password, "terms": "on"})


def link_in(mail, path):
    return re.search(rf"https?://[^/\s]+(/accounts/{path}/\S+)", mail.text)[1]


def deliver():
    delivery.deliver("critical", clock=timezone.now)


def test_sign_up_confirm_and_be_a_member(client, sink):
    assert sign_up(client).status_code == 302
    user = User.objects.get()
    assert (user.display_name, user.handle) == ("Hester Quill", "hester-quill")
    assert not standing_of(user).is_member
    deliver()
    (mail,) = sink.to("hester@example.org")
    path = link_in(mail, "confirm-email")
    assert client.get(path).status_code == 200
    assert not EmailAddress.objects.get().verified, "opening a link changes nothing"
    client.post(path)
    assert EmailAddress.objects.get().verified
    assert standing_of(User.objects.get()).is_member
    address = Address.objects.get(email="hester@example.org")
    assert (address.state, address.account_id) == ("verified", user.pk)


def test_nobody_signs_in_before_the_address_is_confirmed(client, sink):
    sign_up(client)
    client.logout()
    client.post(reverse("account_login"), {"login": "hester@example.org", "password": "a-long-enough-phrase"})
    assert "_auth_user_id" not in client.session


def test_a_second_sign_up_looks_the_same_to_a_stranger(client, sink, django_assert_num_queries):
    UserFactory(email="known@example.org")
    known = sign_up(client, "known@example.org", "Somebody Else")
    client.logout()
    unknown = sign_up(client, "unknown@example.org", "Somebody New")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    deliver()
    assert "open an account" in sink.to("known@example.org")[0].text
    assert User.objects.filter(email="known@example.org").count() == 1


def test_reset_goes_by_mail_and_its_secret_never_lies_in_a_table(client, sink):
    UserFactory(email="maren@example.org")
    client.post(reverse("account_reset_password"), {"email": "maren@example.org"})
    mail = Mail.objects.get()
    assert mail.params == {"user": User.objects.get().pk}
    deliver()
    path = link_in(sink.to("maren@example.org")[0], "password/reset/key")
    form = client.get(path, follow=True)
    response = client.post(form.request["PATH_INFO"], {"password1": "another-long-phrase", "password2": "another-long-phrase"})
    assert response.status_code == 302
    assert client.login(email="maren@example.org", password="another-long-phrase") or client.post(
        reverse("account_login"), {"login": "maren@example.org", "password": "another-long-phrase"}
    )
    assert User.objects.get().check_password("another-long-phrase")
    assert client.get(path, follow=True).status_code == 200, "a used link says so instead of failing"


def test_opening_the_link_for_a_new_password_writes_nothing_and_signs_nobody_out(client, sink):
    maren, other = UserFactory(email="maren@example.org"), UserFactory()
    client.post(reverse("account_reset_password"), {"email": maren.email})
    deliver()
    path = link_in(sink.to(maren.email)[0], "password/reset/key")
    client.force_login(other)
    before = set(Session.objects.values_list("pk", "session_data"))
    stranger = Client()
    for somebody in (stranger, client):
        assert "Choose a new password" in somebody.get(path).text
    assert set(Session.objects.values_list("pk", "session_data")) == before
    assert not stranger.cookies.get(settings.SESSION_COOKIE_NAME)
    client.post(path, {"password1": "another-long-phrase", "password2": "another-long-phrase"})
    assert "_auth_user_id" not in client.session, "a browser belongs to one of them at a time"
    maren.refresh_from_db()
    assert maren.check_password("another-long-phrase")


def test_a_reset_for_an_unknown_address_answers_the_same(client, sink):
    UserFactory(email="maren@example.org")
    known = client.post(reverse("account_reset_password"), {"email": "maren@example.org"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    deliver()
    assert "no account with it" in sink.to("nobody@example.org")[0].text


def test_a_changed_address_takes_over_when_it_is_confirmed(client, sink):
    user = UserFactory(email="old@example.org")
    client.post(reverse("account_login"), {"login": "old@example.org", "password": PASSWORD})
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "old@example.org"
    deliver()
    client.post(link_in(sink.to("new@example.org")[0], "confirm-email"))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert list(Address.objects.filter(account=user).values_list("email", flat=True)) == ["new@example.org"]
    deliver()
    assert "no longer used" in sink.to("old@example.org")[0].text, "word goes to the old address"


def test_allauths_addresses_and_ours_are_equal(client, sink):
    for number in range(3):
        UserFactory(email=f"m{number}@example.org")
    theirs = set(EmailAddress.objects.filter(verified=True, primary=True).values_list("user_id", "email"))
    ours = set(Address.objects.filter(state="verified", account__isnull=False).values_list("account_id", "email"))
    assert theirs == ours


def test_too_many_wrong_passwords_are_throttled(client):
    UserFactory(email="maren@example.org")
    for _ in range(11):
        response = client.post(reverse("account_login"), {"login": "maren@example.org", "password": "wrong"})
    assert "Too many tries" in response.content.decode() or response.status_code == 429
    client.post(reverse("account_login"), {"login": "maren@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_signing_out_is_a_post(client):
    UserFactory(email="maren@example.org")
    client.post(reverse("account_login"), {"login": "maren@example.org", "password": PASSWORD})
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
