"""Sign-in, sign-up and their like in our dress and in plain English."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.people import create_account
from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "three words nobody guesses"


@pytest.fixture
def hester() -> User:
    return create_account(email="hester@example.org", display_name="Hester Quill", at=timezone.now(), password=PASSWORD)


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_login", "Sign in"),
        ("account_signup", "Open an account"),
        ("account_reset_password", "Choose a new password"),
        ("account_reset_password_done", "Look into your mailbox"),
        ("account_reset_password_from_key_done", "Your password is changed"),
        ("account_email_verification_sent", "Look into your mailbox"),
        ("account_inactive", "This account is closed"),
    ],
)
def test_a_visitor_finds_each_page_in_our_frame_with_its_heading(client: Client, name: str, heading: str) -> None:
    html = client.get(reverse(name)).content.decode()
    assert f"<h1>{heading}</h1>" in html
    assert '<footer class="foot">' in html


def test_by_keyboard_the_password_comes_next_after_the_address(client: Client) -> None:
    html = client.get(reverse("account_login")).content.decode()
    places = [html.index(mark) for mark in ('name="login"', 'name="password"', "Forgotten your password?")]
    assert places == sorted(places)
    assert html.count(reverse("account_reset_password")) == 1


@pytest.mark.parametrize("name", ["account_change_password", "account_reauthenticate"])
def test_nothing_stands_between_a_password_and_its_label(client: Client, hester: User, name: str) -> None:
    client.force_login(hester)
    html = client.get(reverse(name)).content.decode()
    assert "Forgot your password" not in html
    assert html.count(reverse("account_reset_password")) == 1


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_email", "Your e-mail address"),
        ("account_change_password", "Change your password"),
        ("account_logout", "Sign out?"),
    ],
)
def test_a_member_finds_each_page_in_our_frame_with_its_heading(client: Client, hester: User, name: str, heading: str) -> None:
    client.force_login(hester)
    assert f"<h1>{heading}</h1>" in client.get(reverse(name)).content.decode()


def test_sign_in_says_what_is_missing_by_the_labels_on_the_page(client: Client) -> None:
    html = client.post(reverse("account_login"), {"login": "", "password": ""}).content.decode()
    assert "Two things before you go on" in html
    assert '<a href="#id_login">E-mail address: this is missing</a>' in html
    assert '<a href="#id_password">Password: this is missing</a>' in html
    assert "<title>Error: Sign in" in html


def test_a_wrong_password_is_told_without_saying_whether_the_address_is_known(client: Client, hester: User) -> None:
    told = [
        client.post(reverse("account_login"), {"login": address, "password": "not this one at all"})
        .context["form"]
        .non_field_errors()
        for address in (hester.email, "nobody@example.org")
    ]
    assert list(told[0]) == list(told[1])
    assert "do not go together" in told[0][0]


def test_no_field_of_these_pages_repeats_its_label_as_a_placeholder(client: Client) -> None:
    for name in ("account_login", "account_signup", "account_reset_password"):
        assert "placeholder" not in client.get(reverse(name)).content.decode().split("<main", 1)[1]


def test_a_reset_link_that_no_longer_works_says_so_and_offers_another(client: Client) -> None:
    html = client.get(reverse("account_reset_password_from_key", kwargs={"uidb36": "zz", "key": "0-0"})).content.decode()
    assert "<h1>The link no longer works</h1>" in html
    assert reverse("account_reset_password") in html


def test_a_confirmation_link_that_no_longer_works_says_what_to_do(client: Client) -> None:
    html = client.get(reverse("account_confirm_email", kwargs={"key": "nothing"})).content.decode()
    assert "<h1>The link no longer works</h1>" in html
