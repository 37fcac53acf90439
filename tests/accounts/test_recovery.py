"""The second address: the way back in when the first mailbox is gone, and nothing else."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.recovery import AddressIsAnothers, add_recovery_address, confirm_recovery_address
from accounts.models import RecoveryAddress, User
from accounts.readers import people_behind
from tests.accounts.factories import UserFactory
from tests.accounts.ways_in import deliver, is_signed_in, link_in, show_it_is_you, sign_in, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "maren@home.example"


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()


@pytest.fixture
def maren():
    return UserFactory(email="maren@practice.example", member=True)


def asked(user):
    client = signed_in(user)
    show_it_is_you(client)
    return client


def with_second(user, email=HOME):
    return confirm_recovery_address(add_recovery_address(user, email=email, at=timezone.now()), at=timezone.now())


def test_it_counts_once_its_owner_pressed_the_button(maren, sink):
    client = asked(maren)
    assert client.post(reverse("accounts:recovery"), {"email": HOME.upper()}).status_code == 302
    assert "Not confirmed yet" in client.get(reverse("accounts:recovery")).content.decode()
    deliver()
    assert "A second address was named" in sink.to(maren.email)[0].text, "word goes to the first"
    path = link_in(sink.to(HOME)[0], "recovery/confirm")
    assert client.get(path).status_code == 200
    assert not RecoveryAddress.objects.confirmed().exists(), "opening a link changes nothing"
    client.post(path)
    assert RecoveryAddress.objects.confirmed().get().email == HOME
    assert "is confirmed" in client.get(path).content.decode(), "a used link says so"


def test_a_new_password_comes_by_it_when_the_first_mailbox_is_gone(maren, sink, client):
    with_second(maren)
    deliver()
    client.post(reverse("account_reset_password"), {"email": HOME})
    deliver()
    path = link_in(sink.to(HOME)[-1], "password/reset/key")
    form = client.get(path, follow=True)
    new = "another long enough phrase"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    cache.clear()
    sign_in(client, maren.email, new)
    assert is_signed_in(client)
    deliver()
    for address in (maren.email, HOME):
        assert "Your password was reset" in sink.to(address)[-1].text, "word to both"


def test_a_code_comes_by_it_and_it_does_not_become_an_address_of_the_account(maren, sink, client):
    with_second(maren)
    deliver()
    client.post(reverse("account_request_login_code"), {"email": HOME})
    deliver()
    code = re.search(r"[B-Z]{4}-[B-Z]{4}", sink.to(HOME)[-1].text)[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert is_signed_in(client)
    assert list(EmailAddress.objects.filter(user=maren).values_list("email", flat=True)) == [maren.email]


def test_with_a_password_it_is_no_name_to_sign_in_by(maren, client):
    with_second(maren)
    sign_in(client, HOME)
    assert not is_signed_in(client)


def test_before_it_is_confirmed_it_leads_nowhere(maren, sink, client):
    add_recovery_address(maren, email=HOME, at=timezone.now())
    client.post(reverse("account_reset_password"), {"email": HOME})
    deliver()
    assert "no account with it" in sink.to(HOME)[-1].text


def test_taken_off_it_leads_nowhere_and_a_link_on_its_way_is_dead(maren, sink, client):
    with_second(maren)
    client.post(reverse("account_reset_password"), {"email": HOME})
    deliver()
    path = link_in(sink.to(HOME)[-1], "password/reset/key")
    own = asked(maren)
    own.post(reverse("accounts:remove_recovery"))
    deliver()
    assert "taken off" in sink.to(HOME)[-1].text
    assert "taken off" in sink.to(maren.email)[-1].text
    assert "The link no longer works" in client.get(path, follow=True).content.decode()
    client.post(reverse("account_reset_password"), {"email": HOME})
    deliver()
    assert "no account with it" in sink.to(HOME)[-1].text


def test_a_link_that_was_not_handed_over_when_it_was_taken_off_is_not_sent(maren, sink, client):
    with_second(maren)
    client.post(reverse("account_reset_password"), {"email": HOME})
    RecoveryAddress.objects.all().delete()
    deliver()
    assert not [mail for mail in sink.to(HOME) if "choose a new password" in mail.text]


def test_one_that_is_the_way_into_another_account_is_refused_to_whom_reads_the_mailbox(maren):
    other = UserFactory(email="other@example.org")
    address = add_recovery_address(maren, email=other.email, at=timezone.now())
    with pytest.raises(AddressIsAnothers):
        confirm_recovery_address(address, at=timezone.now())
    with_second(other, HOME)
    address = add_recovery_address(maren, email=HOME, at=timezone.now())
    with pytest.raises(AddressIsAnothers):
        confirm_recovery_address(address, at=timezone.now())


def test_the_page_answers_the_same_whether_the_address_is_known(maren):
    UserFactory(email="known@example.org")
    client = asked(maren)
    answers = [client.post(reverse("accounts:recovery"), {"email": email}) for email in ("known@example.org", "new@example.org")]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1


def test_a_mailbox_is_not_written_to_again_and_again(maren, sink):
    client = asked(maren)
    answers = [client.post(reverse("accounts:recovery"), {"email": HOME}) for _ in range(2)]
    assert "Wait three minutes" in answers[1].content.decode()
    deliver()
    assert len(sink.to(HOME)) == 1


def test_ones_own_address_is_no_second_one(maren):
    answer = asked(maren).post(reverse("accounts:recovery"), {"email": maren.email})
    assert "already" in answer.content.decode()


def test_it_asks_whether_it_is_still_you(maren, client):
    client.force_login(maren)
    assert client.get(reverse("accounts:recovery")).headers["Location"].startswith(reverse("account_reauthenticate"))


def test_when_it_becomes_the_accounts_own_it_is_no_second_one(maren, sink):
    with_second(maren)
    client = signed_in(maren)
    client.post(reverse("account_email"), {"email": HOME, "action_add": ""})
    deliver()
    client.post(link_in(sink.to(HOME)[-1], "confirm-email"))
    assert User.objects.get(pk=maren.pk).email == HOME
    assert not RecoveryAddress.objects.exists()
    deliver()
    assert "no longer used" in sink.to("maren@practice.example")[-1].text


@pytest.mark.parametrize("wrong", ["upper", "double"])
def test_the_database_refuses(maren, wrong):
    with_second(UserFactory(), HOME)
    email = "UPPER@example.org" if wrong == "upper" else HOME
    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryAddress.objects.create(user=maren, email=email, added_at=timezone.now(), confirmed_at=timezone.now())


def test_a_false_key_says_so():
    assert "no longer works" in Client().get(reverse("accounts:confirm_recovery", args=["1:made:up"])).content.decode()


def test_nobody_bars_the_way_back_by_signing_up_with_somebody_s_second_address(maren):
    with_second(maren)
    squatter = UserFactory(email=HOME)
    EmailAddress.objects.filter(user=squatter).update(verified=False)
    assert people_behind(HOME) == [maren]
    EmailAddress.objects.filter(user=squatter).update(verified=True)
    assert people_behind(HOME) == [squatter], "a mailbox that answered is first of all its own account's"
