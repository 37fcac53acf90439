import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.actions.people import create_account
from accounts.actions.roles import grant_role
from accounts.models import RoleGrant
from common.errors import DomainError
from common.middleware import refusals
from common.views import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_a_visitor(rf: RequestFactory):
    request = rf.get("/somewhere/")
    request.user = AnonymousUser()
    return request


def test_a_visitor_gets_a_whole_page_with_landmarks_and_a_way_past_them(client: Client) -> None:
    html = client.get("/").content.decode()
    assert '<html lang="en-GB">' in html
    assert '<a class="skip" href="#main">' in html
    assert all(
        part in html for part in ('<header class="topbar">', '<main id="main" tabindex="-1">', '<footer class="foot">', "</html>")
    )


def test_a_visitors_page_holds_no_csrf_token_and_opens_no_socket(client: Client) -> None:
    response = client.get("/")
    html = response.content.decode()
    assert "csrf" not in html.lower()
    assert "plenary-live" not in html
    assert "plenary_csrf" not in response.cookies


def test_the_readers_own_scheme_stands_on_the_page(client: Client) -> None:
    client.cookies["plenary_scheme"] = "dark"
    assert 'data-scheme="dark"' in client.get("/").content.decode()
    client.cookies["plenary_scheme"] = '"><script>'
    assert "data-scheme" not in client.get("/").content.decode()


def test_nothing_on_a_page_is_inline(client: Client) -> None:
    html = client.get("/").content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert "<script>" not in html


def test_a_page_that_is_not_there_says_what_to_do_next(client: Client) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "Go to the front page" in response.content.decode()


def test_a_refusal_shows_its_sentence(request_of_a_visitor) -> None:
    response = errors.forbidden(request_of_a_visitor, PermissionDenied("Only organisers may open this."))
    assert response.status_code == 403
    assert "Only organisers may open this." in response.content.decode()


def test_a_domain_error_becomes_a_page_with_its_sentence(request_of_a_visitor) -> None:
    response = refusals(lambda request: None).process_exception(request_of_a_visitor, DomainError("It closed at noon."))  # type: ignore[arg-type,return-value]
    assert response is not None
    assert response.status_code == 409
    assert "It closed at noon." in response.content.decode()


def test_a_request_that_makes_no_sense_is_told_so(request_of_a_visitor) -> None:
    assert "nothing was changed" in errors.bad_request(request_of_a_visitor).content.decode()


def test_the_page_for_our_own_faults_needs_no_database(request_of_a_visitor, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        response = errors.server_error(request_of_a_visitor)
    assert response.status_code == 500
    assert "The fault is ours" in response.content.decode()


def test_the_page_for_too_many_tries_says_how_long_to_wait() -> None:
    assert "Wait five minutes" in render_to_string("429.html")


def test_the_style_guide_is_not_for_visitors(client: Client) -> None:
    response = client.get("/styleguide/")
    assert response.status_code == 403
    assert "for the people who run this site" in response.content.decode()


def test_an_organiser_finds_the_desks_in_the_account_menu_and_a_member_does_not(client: Client) -> None:
    for role, expected in ((RoleGrant.Role.MEMBER, False), (RoleGrant.Role.ORGANISER, True)):
        person = create_account(email=f"{role}@example.org", display_name="Hester Quill", at=timezone.now())
        grant_role(person, role=role, by=None, at=timezone.now())
        client.force_login(person)
        assert (reverse("styleguide") in client.get("/").content.decode()) is expected


def test_what_has_a_choice_already_is_not_called_optional(client: Client) -> None:
    assert "(optional)" not in client.get(reverse("appearance")).content.decode()
    assert "(optional)" not in client.post(reverse("appearance"), {"scheme": "pink"}).content.decode()


def test_the_readers_choice_of_scheme_is_kept_and_nonsense_is_not(client: Client) -> None:
    client.post(reverse("appearance"), {"scheme": "dark"})
    assert 'data-scheme="dark"' in client.get("/").content.decode()
    response = client.post(reverse("appearance"), {"scheme": "pink"})
    assert "Error: Look and keys" in response.content.decode()
    client.post(reverse("appearance"), {"scheme": "device"})
    assert "data-scheme" not in client.get("/").content.decode()
