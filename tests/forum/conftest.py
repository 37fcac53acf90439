"""Who comes to the forum in most of its tests."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.factories import UserFactory


@pytest.fixture
def member() -> User:
    return UserFactory(member=True)


@pytest.fixture
def signed_in(client: Client, member: User) -> Client:
    """The member's browser, without one."""
    client.force_login(member)
    return client
