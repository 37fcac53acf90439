import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.devices import device_name
from accounts.readers import signed_in_devices
from notifications.sessions import still_signed_in
from tests.accounts.factories import PASSWORD, UserFactory
from tests.accounts.ways_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (PHONE, "Safari on an iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
            "Chrome on an Android device",
        ),
        ("curl/8.5", "Another program"),
        ("", "Another program"),
    ],
)
def test_a_browser_has_a_name_somebody_knows(user_agent, name):
    assert device_name(user_agent) == name


def test_the_page_names_each_device_and_says_which_is_this_one():
    user = UserFactory(member=True)
    signed_in(user, PHONE)
    html = signed_in(user).get(reverse("accounts:sessions")).content.decode()
    assert "Safari on an iPhone" in html
    assert html.index("Chrome on Linux") < html.index("This one") < html.index("Safari on an iPhone")


def test_one_is_signed_out_from_another():
    user = UserFactory(member=True)
    phone, desk = signed_in(user, PHONE), signed_in(user)
    key = phone.session.session_key
    row = UserSession.objects.get(session_key=key)
    desk.post(reverse("accounts:end_session", args=[row.pk]))
    assert not still_signed_in(key, user.pk), "the live socket asks the same"
    assert phone.get(reverse("accounts:account")).status_code == 302
    assert desk.get(reverse("accounts:account")).status_code == 200


def test_all_others_are_signed_out_at_once():
    user = UserFactory(member=True)
    others, desk = [signed_in(user, PHONE) for _ in range(2)], signed_in(user)
    desk.post(reverse("accounts:end_other_sessions"))
    assert [other.get(reverse("accounts:account")).status_code for other in others] == [302, 302]
    assert desk.get(reverse("accounts:account")).status_code == 200


def test_nobody_ends_somebody_elses():
    victim, stranger = UserFactory(member=True), UserFactory(member=True)
    phone = signed_in(victim)
    row = UserSession.objects.get(user=victim)
    signed_in(stranger).post(reverse("accounts:end_session", args=[row.pk]))
    assert phone.get(reverse("accounts:account")).status_code == 200


def test_a_new_password_signs_out_elsewhere():
    user = UserFactory(member=True)
    phone, desk = signed_in(user, PHONE), signed_in(user)
    new = "another long enough phrase"
    answer = desk.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert phone.get(reverse("accounts:account")).status_code == 302
    assert desk.get(reverse("accounts:account")).status_code == 200
    assert len(signed_in_devices(user, this=desk.session.session_key, at=timezone.now())) == 1


def test_the_list_costs_one_statement_however_long(django_assert_num_queries):
    user = UserFactory(member=True)
    for _ in range(3):
        signed_in(user)
    with django_assert_num_queries(1):
        assert len(signed_in_devices(user, this=None, at=timezone.now())) == 3
