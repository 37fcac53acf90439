import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.codes import code_for, new_ticket
from accounts.models import User
from accounts.standing import standing_of
from mail import delivery
from mail.models import Address, Mail
from tests.accounts.factories import UserFactory
from tests.accounts.ways_in import deliver, is_signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()


def ask(client, email="maren@example.org"):
    return client.post(reverse("account_request_login_code"), {"email": email})


def code_in(mail):
    return re.search(r"[B-Z]{4}-[B-Z]{4}", mail.text)[0]


def test_one_ticket_makes_one_code_and_needs_the_key(settings):
    ticket = new_ticket()
    code = code_for(ticket)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", code)
    assert code_for(ticket) == code
    assert code_for(new_ticket()) != code
    settings.SECRET_KEY = "another"
    assert code_for(ticket) != code


def test_the_code_signs_in_without_a_password(client, sink):
    UserFactory(email="maren@example.org", member=True)
    assert ask(client).headers["Location"] == reverse("account_confirm_login_code")
    deliver()
    code = code_in(sink.to("maren@example.org")[0])
    assert "eight letters" in client.get(reverse("account_confirm_login_code")).content.decode().lower()
    client.post(reverse("account_confirm_login_code"), {"code": code.lower().replace("-", " ")})
    assert is_signed_in(client)


def test_a_code_that_came_back_confirms_the_address_that_it_went_to(client, sink):
    form = {"display_name": "Maren Holt", "email": "maren@example.org", "password1": "a-long-enough-phrase", "terms": "on"}
    client.post(reverse("account_signup"), form)
    client.logout()
    ask(client)
    deliver()
    client.post(reverse("account_confirm_login_code"), {"code": code_in(sink.to("maren@example.org")[-1])})
    assert is_signed_in(client)
    user = User.objects.get()
    assert standing_of(user).is_member
    assert Address.objects.get(account=user).email == user.email


def test_the_code_lies_in_no_table(client, sink):
    UserFactory(email="maren@example.org")
    ask(client)
    deliver()
    code = code_in(sink.to("maren@example.org")[0])
    mail = Mail.objects.get()
    assert list(mail.params) == ["ticket"]
    kept = str(mail.params) + "".join(str(row.get_decoded()) for row in Session.objects.all())
    assert mail.params["ticket"] in kept
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_another_browser_is_not_signed_in_by_it(client, sink):
    UserFactory(email="maren@example.org")
    ask(client)
    deliver()
    code = code_in(sink.to("maren@example.org")[0])
    elsewhere = type(client)()
    elsewhere.post(reverse("account_confirm_login_code"), {"code": code})
    assert not is_signed_in(elsewhere)


def test_another_code_can_be_asked_for_and_the_first_no_longer_counts(client, sink):
    UserFactory(email="maren@example.org")
    ask(client)
    client.post(reverse("account_confirm_login_code"), {"action": "resend"})
    deliver()
    first, second = (code_in(mail) for mail in sink.to("maren@example.org"))
    client.post(reverse("account_confirm_login_code"), {"code": first})
    assert not is_signed_in(client)
    client.post(reverse("account_confirm_login_code"), {"code": second})
    assert is_signed_in(client)


def test_three_wrong_ones_end_it(client, sink):
    UserFactory(email="maren@example.org")
    ask(client)
    deliver()
    for _ in range(3):
        answer = client.post(reverse("account_confirm_login_code"), {"code": "BBBB-BBBB"})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(sink.to("maren@example.org")[0])})
    assert not is_signed_in(client)
    assert answer.status_code == 302


def test_a_mail_that_comes_too_late_is_not_sent(client, sink):
    UserFactory(email="maren@example.org")
    ask(client)
    delivery.deliver("critical", clock=lambda: timezone.now() + timedelta(minutes=11))
    assert sink.to("maren@example.org") == []


def test_asking_too_often_is_told_in_words(client):
    UserFactory(email="maren@example.org")
    for _ in range(3):
        ask(type(client)())
    answer = ask(client)
    assert "Too many tries" in answer.content.decode()
