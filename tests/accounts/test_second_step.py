"""The second step: staff roles sleep without one; what happens to sessions, codes and secrets when it comes and goes."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import RESTING, why_not_a_member
from accounts.standing import standing_of
from common.models import AuditEntry
from notifications.sessions import still_signed_in
from tests.accounts.factories import UserFactory
from tests.accounts.ways_in import deliver, is_signed_in, set_up_app, show_it_is_you, sign_in, signed_in, six_digits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _strict(settings):
    cache.clear()
    settings.STAFF_NEED_SECOND_FACTOR = True


def roles_of(user):
    return standing_of(User.objects.get(pk=user.pk)).roles


def test_roles_sleep_until_an_app_is_set_up_and_again_when_it_goes():
    moderator = UserFactory(member=True, moderator=True)
    client = signed_in(moderator)
    assert roles_of(moderator) == {"member"}
    page = client.get(reverse("accounts:account")).content.decode()
    assert RESTING in page
    assert f'href="{reverse("mfa_index")}"' in page
    set_up_app(client)
    assert roles_of(moderator) == {"member", "moderator"}
    assert RESTING not in client.get(reverse("accounts:account")).content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert roles_of(moderator) == {"member"}


def test_whoever_is_refused_for_it_is_told_so():
    trustee = UserFactory(trustee=True)
    assert why_not_a_member(standing_of(trustee)) == RESTING


def test_a_password_alone_no_longer_signs_in_but_the_code_after_it_does(client):
    user = UserFactory(moderator=True)
    secret = set_up_app(signed_in(user))
    cache.clear()
    answer = sign_in(client, user.email)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert "Use a passkey" not in client.get(reverse("mfa_authenticate")).content.decode(), "there is none"
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Look at the code" in wrong.content.decode()
    assert not is_signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": six_digits(secret)})
    assert is_signed_in(client)


def test_a_recovery_code_stands_in_once(client):
    user = UserFactory(moderator=True)
    first = signed_in(user)
    set_up_app(first)
    codes = first.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    assert first.get(reverse("mfa_download_recovery_codes")).content.decode().split() == codes
    for expected in (True, False):
        cache.clear()
        client.logout()
        sign_in(client, user.email)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert is_signed_in(client) is expected


def test_a_session_that_began_without_the_second_step_never_becomes_staff():
    """Whoever stole a session of somebody whose role slept must not wake with the role."""
    user = UserFactory(moderator=True)
    stolen, own = signed_in(user), signed_in(user)
    key = stolen.session.session_key
    assert still_signed_in(key, user.pk)
    set_up_app(own)
    assert not still_signed_in(key, user.pk), "its live socket closes, too"
    assert stolen.get(reverse("accounts:account")).status_code == 302
    assert own.get(reverse("accounts:account")).status_code == 200


def test_a_second_one_signs_nobody_out():
    user = UserFactory(member=True)
    own = signed_in(user)
    secret = set_up_app(own)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Phone", "credential": {}})
    other = Client()
    cache.clear()
    sign_in(other, user.email)
    other.post(reverse("mfa_authenticate"), {"code": six_digits(secret)})
    own.post(reverse("mfa_deactivate_totp"))
    cache.clear()
    set_up_app(own)
    assert other.get(reverse("accounts:account")).status_code == 200


def test_what_the_app_and_the_codes_share_with_us_is_sealed_in_the_table():
    user = UserFactory(member=True)
    secret = set_up_app(signed_in(user))
    kept = [str(row.data) for row in Authenticator.objects.filter(user=user)]
    assert len(kept) == 2
    assert not [row for row in kept if secret in row]
    assert Authenticator.objects.get(type="totp").wrap().validate_code(six_digits(secret, steps=1))


def test_word_of_it_goes_out_and_into_the_audit(sink):
    user = UserFactory(member=True)
    set_up_app(signed_in(user))
    deliver()
    assert "authenticator app was set up" in sink.to(user.email)[0].text
    assert list(AuditEntry.objects.filter(verb__startswith="account.totp").values_list("verb", "actor_id")) == [
        ("account.totp_activated", user.pk)
    ]


def test_the_picture_of_the_secret_is_drawn_for_its_owner_only(client):
    user = UserFactory(member=True)
    own = signed_in(user)
    assert own.get(reverse("accounts:totp_picture")).status_code == 404
    show_it_is_you(own)
    own.get(reverse("mfa_activate_totp"))
    picture = own.get(reverse("accounts:totp_picture"))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert b"<svg" in picture.content
    assert b"<path" in picture.content
    assert client.get(reverse("accounts:totp_picture")).status_code == 302


def test_setting_one_up_asks_whether_it_is_still_you(client):
    user = UserFactory(member=True)
    client.force_login(user)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_with_a_second_step_the_address_can_still_be_changed():
    user = UserFactory(member=True)
    own = signed_in(user)
    set_up_app(own)
    own.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    assert user.emailaddress_set.filter(email="new@example.org", verified=False).exists()
