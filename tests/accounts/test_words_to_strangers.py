"""What goes to a mailbox that nobody confirmed yet holds nothing that the person asking chose."""

import pytest
from allauth.account.models import EmailAddress

from accounts.actions.recovery import add_recovery_address
from mail import addresses, delivery
from mail.outbox import queue_mail
from tests.accounts.factories import AT, UserFactory

pytestmark = pytest.mark.django_db


def test_a_name_that_is_a_link_does_not_go_to_a_stranger(sink):
    user = UserFactory(display_name="https://prize.example/win now")
    typed = EmailAddress.objects.create(user=user, email="stranger@example.org", verified=False, primary=False)
    add_recovery_address(user, email="other@example.org", at=AT)
    to = addresses.address_for("stranger@example.org", at=AT)
    queue_mail(to, kind="accounts.confirm_address", key="k", params={"email_address": typed.pk}, at=AT)
    delivery.deliver("critical", clock=lambda: AT)
    for letter in (*sink.to("stranger@example.org"), *sink.to("other@example.org")):
        assert "prize.example" not in letter.text
        assert "Hello," in letter.text
    assert sink.to("stranger@example.org")
    assert sink.to("other@example.org")
