"""Rights that were taken away stay away."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.urls import reverse
from django.utils import timezone

from accounts.actions.roles import revoke_role
from accounts.models import User
from accounts.standing import standing_of
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_who_lapsed_does_not_become_a_member_again_by_confirming_another_address(client):
    user = UserFactory(member=True)
    revoke_role(user, role="member", by=None, at=timezone.now())
    another = EmailAddress.objects.create(user=user, email="another@example.org")
    client.force_login(user)
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(another).key]))
    another.refresh_from_db()
    assert another.verified
    assert not standing_of(User.objects.get(pk=user.pk)).is_member
