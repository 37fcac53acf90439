"""A notice by mail asks everything again before it goes."""

from datetime import timedelta

import pytest

from mail.addresses import address_for
from mail.kinds import Dropped, Letter
from mail.models import Mail
from notifications.expander import expand_next
from notifications.mails import NoticeMail
from notifications.models import Notice, NoticePreference
from tests.notifications.conftest import NOON, happen, withdraw_rights

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def mail(member):
    happen(thing=7)
    expand_next(at=NOON)
    return Mail.objects.select_related("address").get()


def written(mail):
    return NoticeMail().write(mail, at=LATER)


def test_is_written_by_the_kind_of_notice(mail):
    assert written(mail) == Letter("Something happened", "Thing 7 happened.\n", "<p>Thing 7 happened.</p>")


def test_is_not_sent_once_the_right_is_gone(mail, member):
    withdraw_rights(member)
    assert written(mail) == Dropped("may not be seen any more")


def test_is_not_sent_once_it_was_read_on_the_page(mail):
    Notice.objects.update(read_at=LATER)
    assert written(mail) == Dropped("read on the page already")


def test_is_not_sent_once_it_is_not_wanted(mail, member):
    NoticePreference.objects.create(user=member, kind="test.heard", way="site")
    assert written(mail) == Dropped("not wanted by mail any more")


def test_is_not_sent_to_a_closed_account(mail, member):
    member.is_active = False
    member.save()
    assert written(mail) == Dropped("the account is closed")


def test_is_not_sent_to_an_address_that_left_the_account(mail):
    mail.address = address_for("somebody-else@example.org", at=NOON)
    assert written(mail) == Dropped("the address is another account's now")


def test_is_not_sent_when_the_notice_is_gone(mail):
    Notice.objects.all().delete()
    assert written(mail) == Dropped("the notice is gone")


def test_costs_no_write(mail):
    before = Mail.objects.values().get()
    written(mail)
    assert Mail.objects.values().get() == before
