import uuid
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from mail import addresses, claims, delivery
from mail.models import Address, ConsentEvent, Mail, Suppression
from mail.outbox import queue_mail
from mail.session import Limits
from mail.suppressions import address_hmac, lift, suppress, suppressed

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Limits(connect=2, command=2, final_reply=2)


@pytest.fixture(autouse=True)
def kinds(settings):
    settings.MAIL_KINDS = {"test.greeting": "tests.mail.kinds.Greeting", "test.chatter": "tests.mail.kinds.Chatter"}
    settings.MAIL_KINDS["test.broken"] = "tests.mail.kinds.Broken"


def greet(email="maren@example.org", number=1, kind="test.greeting", **params):
    return queue_mail(
        addresses.address_for(email, at=AT), kind=kind, key=f"hello:{number}", params={"number": number, **params}, at=AT
    )


def deliver(lane="critical", at=AT):
    return delivery.deliver(lane, clock=lambda: at, limits=QUICK)


@pytest.mark.django_db
def test_asked_for_twice_one_mail_waits():
    first = greet()
    assert greet().pk == first.pk
    assert Mail.objects.count() == 1


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_at_once():
    with pytest.raises(KeyError, match=r"test\.nothing"):
        greet(kind="test.nothing")


@pytest.mark.django_db(transaction=True)
def test_hands_over_once_with_both_parts_and_headers(sink):
    mail = greet()
    assert deliver() == 1
    assert deliver() == 0
    (received,) = sink.received
    assert received.recipient == "maren@example.org"
    assert received.sender.startswith(f"b+m.{mail.pk}.")
    assert received.message["Subject"] == "Grüße and “quotes”"
    assert received.text.splitlines() == ["Good morning.", ".hidden dot", "Number 1"]
    assert "<p>Number 1</p>" in received.html
    assert received.message["Auto-Submitted"] == "auto-generated"
    mail.refresh_from_db()
    assert (mail.state, mail.smtp_code, mail.attempts) == ("accepted", 250, 1)
    assert received.message["Message-ID"] == mail.message_id


@pytest.mark.django_db(transaction=True)
def test_only_its_own_lane(sink):
    greet(kind="test.chatter")
    assert deliver("critical") == 0
    assert deliver("notify") == 1


@pytest.mark.django_db(transaction=True)
def test_what_the_kind_drops_is_cancelled_with_its_reason(sink):
    mail = greet(gone=1)
    deliver()
    mail.refresh_from_db()
    assert (mail.state, mail.reason, sink.received) == ("cancelled", "the thing is gone", [])


@pytest.mark.django_db(transaction=True)
def test_a_suppressed_address_gets_nothing(sink):
    suppress("Maren@example.org", scope="all", reason="by_hand", at=AT)
    mail = greet()
    deliver()
    mail.refresh_from_db()
    assert (mail.state, sink.received) == ("suppressed", [])


@pytest.mark.django_db(transaction=True)
def test_put_off_waits_longer_each_time_and_ends(sink):
    sink.answer_rcpt = lambda address: "451 4.3.0 try later"
    mail, now, waits = greet(), AT, []
    for _ in range(6):
        deliver(at=now)
        mail.refresh_from_db()
        if mail.state != "deferred":
            break
        waits.append(mail.next_attempt_at - now)
        assert deliver(at=now) == 0, "not before its time"
        now = mail.next_attempt_at
    assert mail.state == "expired"
    assert waits == sorted(waits)
    assert timedelta(minutes=4) < waits[0] < timedelta(minutes=6)


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_that_does_not_exist_is_never_written_to_again(sink):
    sink.answer_rcpt = lambda address: "550 5.1.1 no such user"
    mail = greet()
    deliver()
    mail.refresh_from_db()
    mail.address.refresh_from_db()
    assert (mail.state, mail.enh_code) == ("failed", "5.1.1")
    assert mail.address.state == Address.State.DEAD
    assert suppressed(["maren@example.org"], scope="weekly") == {"maren@example.org"}


@pytest.mark.django_db(transaction=True)
def test_a_refused_message_does_not_kill_the_mailbox(sink):
    sink.answer_data = lambda envelope: "554 5.7.1 looks like spam"
    mail = greet()
    deliver()
    mail.refresh_from_db()
    mail.address.refresh_from_db()
    assert (mail.state, mail.address.state) == ("failed", "unverified")
    assert not Suppression.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_answer_after_the_dot_is_uncertain_and_never_sent_again(sink):
    sink.hang_up_after_dot = True
    mail = greet()
    deliver()
    sink.hang_up_after_dot = False
    deliver(at=AT + timedelta(days=1))
    mail.refresh_from_db()
    assert mail.state == "uncertain"
    assert len(sink.received) == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_away_leaves_every_mail_waiting(settings, sink):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    for number in range(3):
        greet(number=number)
    deliver()
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["deferred", "pending", "pending"]
    settings.SMTP_URL = sink.url
    assert deliver(at=AT + timedelta(minutes=1)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_written_holds_up_no_other_and_ends(sink):
    bad, good = greet(kind="test.broken", number=0), [greet(number=number) for number in (1, 2)]
    with pytest.raises(ZeroDivisionError):
        deliver()
    assert deliver() == len(good)
    now = AT
    for _ in range(10):
        bad.refresh_from_db()
        if bad.state == "failed":
            break
        now = bad.next_attempt_at
        with pytest.raises(ZeroDivisionError):
            deliver(at=now)
    assert (bad.state, bad.reason) == ("failed", "it could not be written")
    assert deliver(at=now + timedelta(days=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(sink):
    for number in range(120):
        greet(email=f"member{number}@example.org", number=number)

    def work():
        deliver()
        connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.received) == 120
    assert sink.doubles() == []


@pytest.mark.django_db
def test_the_sweeper_frees_what_never_began_and_flags_what_had():
    lost = {"claim_token": claims.token_of(timezone.now()), "lease_until": AT - timedelta(seconds=1)}
    claimed, sending, held = greet(number=1), greet(number=2), greet(number=3)
    Mail.objects.filter(pk=claimed.pk).update(state="claimed", **lost)
    Mail.objects.filter(pk=sending.pk).update(state="sending", **lost)
    Mail.objects.filter(pk=held.pk).update(state="sending", claim_token=uuid.uuid4(), lease_until=AT + timedelta(minutes=1))
    assert delivery.sweep_outbox(at=AT) == {"freed": 1, "uncertain": 1, "expired": 0}
    states = dict(Mail.objects.values_list("pk", "state"))
    assert states == {claimed.pk: "pending", sending.pk: "uncertain", held.pk: "sending"}


@pytest.mark.django_db
def test_the_database_refuses_a_second_mail_for_a_key():
    mail = greet()
    with pytest.raises(IntegrityError, match="one_mail_per_address_and_key"), transaction.atomic():
        Mail.objects.create(address=mail.address, key=mail.key, kind=mail.kind, lane="critical", created_at=AT)


@pytest.mark.django_db
def test_the_database_refuses_to_rewrite_a_consent():
    ConsentEvent.objects.create(
        address=addresses.address_for("a@example.org", at=AT), stream="weekly", action="asked", basis="consent", wording_id="w1",
        form="weekly", at=AT,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ConsentEvent.objects.update(action="ended")


@pytest.mark.django_db
def test_a_suppression_names_nobody_and_can_be_lifted():
    suppress("a@example.org", scope="weekly", reason="asked", at=AT)
    suppress("A@example.org", scope="weekly", reason="asked", at=AT)
    row = Suppression.objects.get()
    assert bytes(row.address_hmac) == address_hmac("a@example.org")
    assert b"example" not in bytes(row.address_hmac)
    assert suppressed(["a@example.org", "b@example.org"], scope="weekly") == {"a@example.org"}
    assert suppressed(["a@example.org"], scope="other") == set()
    lift("a@example.org", scope="weekly")
    assert not Suppression.objects.exists()
