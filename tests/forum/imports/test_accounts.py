"""Accounts for people of another forum (`accounts.actions.people.create_claimable_accounts`)."""

import pytest
from django.db import IntegrityError

from accounts.actions.people import create_account, create_claimable_accounts
from accounts.models import User
from tests.forum.factories import AT

pytestmark = pytest.mark.django_db


def test_every_account_gets_a_handle_of_its_own():
    create_account(email="ada@example.org", display_name="Ada", at=AT)
    names = {f"k{number}": "Ada" for number in range(12)} | {"z": "魔"}
    made = create_claimable_accounts(names, at=AT)
    assert made.keys() == names.keys()
    handles = set(User.objects.filter(display_name="Ada").values_list("handle", flat=True))
    assert handles == {"ada", *(f"ada-{number}" for number in range(2, 14))}
    assert User.objects.get(claim_key="z").handle == "member"


def test_costs_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        create_claimable_accounts({f"k{number}": f"Person {number}" for number in range(300)}, at=AT)
    assert User.objects.count() == 300


def test_a_key_is_given_once():
    create_claimable_accounts({"k": "Ada"}, at=AT)
    with pytest.raises(IntegrityError):
        create_claimable_accounts({"k": "Ada"}, at=AT)


def test_nobody_can_sign_in_and_no_mail_can_arrive():
    create_claimable_accounts({"k": "Ada"}, at=AT)
    user = User.objects.get()
    assert not user.has_usable_password()
    assert user.email.endswith(".invalid")
    assert user.is_placeholder
    assert not user.role_grants.exists()
