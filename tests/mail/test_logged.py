"""Each connection to a mail server leaves one row, which says what became of what went over it and is never changed."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from mail.models import SessionLog
from mail.pools import session_for
from mail.session import Limits
from mail.sink import Behaviour, Rule, Sink
from tests.accounts.factories import UserFactory
from tests.mail.test_session import crowd

pytestmark = pytest.mark.django_db
COUNTS = ("accepted", "deferred", "failed", "uncertain")


@pytest.fixture
def counting(tmp_path, settings):
    with Sink(tmp_path / "record").in_thread() as sink:
        settings.SMTP_URL = sink.url
        yield sink


def send(many, **limits):
    with session_for("digest", limits=Limits(connect=0.5, command=0.5, final_reply=0.5, **limits)) as session:
        crowd(session, many)


def rows():
    return list(SessionLog.objects.order_by("pk").values_list(*COUNTS))


def test_each_connection_is_written_down_once(counting):
    send(5, messages_per_connection=2)
    assert rows() == [(2, 0, 0, 0), (2, 0, 0, 0), (1, 0, 0, 0)]
    assert counting.connections == 3
    assert all(each.opened_at <= each.closed_at for each in SessionLog.objects.all())


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Rule("dot", close=True, times=1), [(0, 0, 0, 1), (2, 0, 0, 0)]),
        (Rule("rcpt", say="550 5.1.1 nobody", times=1), [(2, 0, 1, 0)]),
        (Rule("dot", say="421 4.3.2 closing", times=1), [(0, 1, 0, 0), (2, 0, 0, 0)]),
    ],
)
def test_the_last_message_of_a_connection_is_counted_with_it(counting, rule, told):
    counting.behaviour = Behaviour((rule,))
    send(3)
    assert rows() == told


def test_who_never_gets_through_leaves_none(settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    send(1)
    assert rows() == []


def test_names_the_relay_and_never_its_secret(counting, settings):
    counting.behaviour = Behaviour(user="us:secret")
    settings.SMTP_URL = f"smtp://us:secret@127.0.0.1:{counting.port}"
    send(1)
    assert SessionLog.objects.get().relay == f"127.0.0.1:{counting.port}"


@pytest.mark.parametrize("act", ["UPDATE mail_sessionlog SET accepted = 7", "DELETE FROM mail_sessionlog"])
def test_is_not_changed(counting, act):
    send(1)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_stands_under_what_was_sent(counting, client):
    send(3)
    client.force_login(UserFactory(organiser=True))
    page = client.get(reverse("digest:runs")).text
    assert "The latest connections to the mail server" in page
    assert f"127.0.0.1:{counting.port}" in page
