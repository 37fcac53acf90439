from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.urls import reverse

from accounts.actions.people import create_account
from accounts.actions.roles import grant_role, revoke_role
from accounts.handles import handle_base, sort_key
from accounts.models import Facts, RoleGrant, User
from accounts.standing import VISITOR, standing_of
from common.models import AuditEntry
from mail.addresses import attach
from tests.accounts import factories
from tests.accounts.factories import FactsFactory, UserFactory

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "handle"),
    [("Ceri Vaughan-Prys", "ceri-vaughan-prys"), ("Łukasz Ąę", "ukasz-ae"), ("李", "member"), ("__", "member")],
)
def test_a_handle_is_made_of_the_name(name, handle):
    assert handle_base(name) == handle


def test_names_sort_without_accents_and_case():
    assert sorted(["Zoë", "ada", "Élan", "eve"], key=sort_key) == ["ada", "Élan", "eve", "Zoë"]


@pytest.mark.django_db
def test_the_same_name_gets_a_number():
    handles = [create_account(email=f"a{n}@example.org", display_name="Ann Lee", at=AT).handle for n in range(3)]
    assert handles == ["ann-lee", "ann-lee-2", "ann-lee-3"]


@pytest.mark.django_db(transaction=True)
def test_the_same_name_at_once_still_gets_a_handle_each():
    def make(number):
        create_account(email=f"a{number}@example.org", display_name="Ann Lee", at=AT)
        connection.close()

    threads = [Thread(target=make, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(User.objects.values_list("handle", flat=True))) == 6


@pytest.mark.django_db
def test_without_a_password_nobody_signs_in():
    user = create_account(email="X@Example.org", display_name="Imported", at=AT, claim_key="discourse:forum:x")
    assert user.is_placeholder
    assert not user.check_password("")
    assert user.email == "x@example.org"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["email", "display_name"])
def test_the_database_refuses(field):
    user = UserFactory()
    wrong = {"email": "UPPER@example.org", "display_name": ""}[field]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**{field: wrong})


@pytest.mark.django_db
def test_a_role_is_given_once_taken_once_and_audited():
    user, director = UserFactory(), UserFactory(director=True)
    first = grant_role(user, role="organiser", by=director, at=AT)
    assert grant_role(user, role="organiser", by=director, at=AT).pk == first.pk
    assert standing_of(User.objects.get(pk=user.pk)).is_organiser
    revoke_role(user, role="organiser", by=director, at=AT)
    revoke_role(user, role="organiser", by=director, at=AT)
    assert not standing_of(User.objects.get(pk=user.pk)).is_organiser
    verbs = list(AuditEntry.objects.filter(subject_id=str(user.pk)).order_by("pk").values_list("verb", "actor_id"))
    assert verbs == [("role.grant", director.pk), ("role.revoke", director.pk)]


@pytest.mark.django_db
def test_whom_the_tests_make_stands_as_whom_the_actions_make():
    made = UserFactory(member=True, moderator=True, email="Made@example.org")
    acted = create_account(email="Acted@example.org", display_name="Acted", at=factories.AT)
    for role in ("member", "moderator"):
        grant_role(acted, role=role, by=None, at=factories.AT)
    attach(acted, email=acted.email, at=factories.AT)

    def stands(user):
        user = User.objects.get(pk=user.pk)
        rows = [user.mail_address, *user.role_grants.order_by("role")]
        told = [model_to_dict(row, exclude=["id", "user", "account", "email"]) for row in rows]
        return told, user.card_version, standing_of(user).roles

    assert stands(made) == stands(acted)
    assert made.mail_address.email == "made@example.org"


@pytest.mark.django_db
def test_a_role_ends_by_its_date_and_can_be_given_again():
    user, now = UserFactory(), datetime.now(UTC)
    grant_role(user, role="moderator", by=None, at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    assert not standing_of(User.objects.get(pk=user.pk)).is_moderator
    grant_role(user, role="moderator", by=None, at=now)
    assert standing_of(User.objects.get(pk=user.pk)).is_moderator
    assert RoleGrant.objects.filter(user=user, revoked_at=None).count() == 1


@pytest.mark.django_db
def test_a_suspended_account_stands_as_a_visitor():
    user = UserFactory(director=True, is_active=False)
    assert standing_of(user) == VISITOR


@pytest.mark.django_db
def test_the_frame_of_a_page_costs_one_statement(client, django_assert_num_queries):
    client.force_login(UserFactory(member=True))
    client.get(reverse("healthz"))
    with django_assert_num_queries(1):  # the reader with roles; whether any notice is unread rides along
        client.get(reverse("appearance"))


@pytest.mark.django_db
def test_profile_saves_and_refuses_with_everything_typed(client):
    user = UserFactory(member=True)
    client.force_login(user)
    page = reverse("accounts:profile")
    wrong = client.post(page, {"display_name": "", "job": "astronaut", "nation": "wales", "bio": "I keep the rota."})
    assert wrong.status_code == 200
    html = wrong.content.decode()
    assert "I keep the rota." in html
    assert "<title>Error:" in html
    assert not Facts.objects.filter(user=user).exists()
    right = {
        "display_name": "Hester Q",
        "job": "practice-manager",
        "nation": "wales",
        "list_size": "5-10k",
        "years": "",
        "bio": "",
    }
    assert client.post(page, right).status_code == 302
    facts = Facts.objects.get(user=user)
    assert facts.line == "Practice manager, Wales, 5,000–9,999"
    assert User.objects.get(pk=user.pk).card_version == user.card_version + 1


@pytest.mark.django_db
def test_profiles_are_for_members(client):
    person = FactsFactory().user
    page = reverse("accounts:person", args=[person.handle])
    assert client.get(page).status_code == 403
    client.force_login(UserFactory(member=True))
    assert "Wales" in client.get(page).content.decode()
    assert client.get(reverse("accounts:person", args=["nobody-at-all"])).status_code == 404


@pytest.mark.django_db
def test_an_address_that_is_taken_is_told_also_where_it_speaks_of_handles():
    create_account(email="handle@example.org", display_name="First", at=AT)
    with pytest.raises(IntegrityError):
        create_account(email="handle@example.org", display_name="Second", at=AT)
