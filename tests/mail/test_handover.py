"""The table of faults of `weekly.md` at the level of rows: a sink that misbehaves, leases that are lost, a database that was
down, pools and paces."""

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mail import addresses, claims, pools
from mail.claims import claim, renew_leases, sweep
from mail.handover import Parcel, Withheld, hand_over
from mail.models import Mail, Pool
from mail.pools import Leave, pause_pool, paused_until, resume_pool, session_for
from mail.session import Limits, SmtpSession
from mail.sink import Behaviour, Rule, Sink, arrivals
from tests.mail.test_signatures import verify

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Limits(connect=0.5, command=0.5, final_reply=0.5)


@pytest.fixture
def counting(tmp_path, settings):
    with Sink(tmp_path / "record").in_thread() as sink:
        settings.SMTP_URL = sink.url
        yield sink


def queue(count, domain="example.org"):
    to = addresses.address_for(f"a@{domain}", at=AT)
    told = {"kind": "test.x", "lane": "critical", "created_at": AT}
    return Mail.objects.bulk_create(Mail(address=to, key=f"{domain}:{number}", **told) for number in range(count))


def parcel(row):
    name = f"<{row.pk}@example.org>"
    return Parcel("b@example.org", row.address.email, f"Message-ID: {name}\r\n\r\nhello\r\n".encode(), name)


def send(limit=200, at=AT, prepare=parcel, pool="", **told):
    with session_for(pool, limits=QUICK) if pool else SmtpSession(pools.pace_of("").relays, limits=QUICK) as session:
        rows = claim(Mail.objects.select_related("address"), at=at, limit=limit)
        return hand_over(rows, prepare=prepare, session=session, clock=lambda: at, **told)


def states():
    return Counter(Mail.objects.values_list("state", flat=True))


def ids(sink):
    return [each.message_id for each in arrivals(sink.record)]


@pytest.mark.django_db
def test_a_message_costs_one_statement(counting):
    def cost(count):
        queue(count, f"x{count}.example")
        with CaptureQueriesContext(connection) as seen:
            send()
        return len(seen)

    assert cost(40) - cost(10) == 30
    assert states() == {"accepted": 50}
    assert sorted(ids(counting)) == sorted(Mail.objects.values_list("message_id", flat=True))
    row = Mail.objects.first()
    assert (row.attempts, row.smtp_code, row.lease_until, row.accepted_at, row.first_attempt_at) == (1, 250, None, AT, AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "state", "arrived"),
    [
        (Rule("mail", say="421 4.3.2 closing"), "deferred", 9),
        (Rule("rcpt", say="451 4.3.0 later"), "deferred", 9),
        (Rule("rcpt", say="550 5.1.1 nobody"), "failed", 9),
        (Rule("data", say="554 5.7.1 no"), "failed", 9),
        (Rule("dot", say="552 5.2.2 full"), "failed", 9),
        (Rule("body", close=True), "uncertain", 9),
        (Rule("dot", close=True), "uncertain", 10),
        (Rule("dot", close=True, lost=True), "uncertain", 9),
        (Rule("dot", half=3), "uncertain", 10),
        (Rule("dot", seconds=0.7), "uncertain", 10),
        (Rule("ehlo", close=True), "deferred", 0),
    ],
)
def test_a_fault_of_the_server_costs_one_message_and_nothing_goes_twice(counting, rule, state, arrived):
    counting.behaviour = Behaviour((Rule(**{f: getattr(rule, f) for f in rule.__slots__} | {"times": 1}),))
    queue(10)
    send()
    if rule.place == "ehlo":
        assert states() == {"deferred": 1, "pending": 9}, "the server is away: the others wait for the next tick"
    else:
        assert states() == {"accepted": 9, state: 1}
    time.sleep(0.3 if rule.seconds else 0)
    assert len(ids(counting)) == len(set(ids(counting))) == arrived
    if state == "deferred":
        send(at=AT + timedelta(hours=1))
        assert states() == {"accepted": 10}
        assert len(ids(counting)) == len(set(ids(counting))) == 10
    elif state == "uncertain":
        send(at=AT + timedelta(days=2))
        assert states() == {"accepted": 9, "uncertain": 1}


@pytest.mark.django_db
def test_faults_at_random_leave_every_row_told_and_nothing_twice(counting):
    rules = [
        Rule("dot", close=True, share=0.03),
        Rule("body", close=True, share=0.03),
        Rule("rcpt", say="421 4.3.2 x", share=0.05),
    ]
    counting.behaviour = Behaviour((*rules, Rule("data", say="451 4.3.0 x", share=0.05), Rule("dot", half=1, share=0.02)))
    queue(150)
    for tick in range(12):
        send(at=AT + timedelta(hours=tick * 2))
    arrived, told = set(ids(counting)), states()
    assert len(ids(counting)) == len(arrived), "something arrived twice"
    assert told["accepted"] + told["uncertain"] == 150
    accepted = set(Mail.objects.filter(state="accepted").values_list("message_id", flat=True))
    uncertain = set(Mail.objects.filter(state="uncertain").values_list("message_id", flat=True))
    assert accepted <= arrived <= accepted | uncertain


@pytest.mark.django_db
def test_what_is_no_longer_ours_is_not_sent(counting):
    """A woken worker whose lease ran out and whose rows another took: at most what it had begun goes."""
    queue(6)
    taken = {}

    def prepare(row):
        if row.pk == max(taken.setdefault("all", list(Mail.objects.order_by("pk").values_list("pk", flat=True)))[:3]):
            left = Mail.objects.filter(pk__gte=row.pk)
            left.update(claim_token=claims.token_of(timezone.now()), lease_until=AT + timedelta(minutes=1))
        return parcel(row)

    told = send(prepare=prepare)
    assert len(told) == 2
    assert states() == {"accepted": 2, "claimed": 4}
    assert len(ids(counting)) == 2


@pytest.mark.django_db
def test_a_lease_that_ran_out_sends_nothing(counting):
    queue(3)
    rows = claim(Mail.objects.select_related("address"), at=AT, limit=10)
    with SmtpSession(counting.url, limits=QUICK) as session:
        assert hand_over(rows, prepare=parcel, session=session, clock=lambda: AT + timedelta(minutes=10)) == []
    assert (states(), ids(counting)) == ({"claimed": 3}, [])
    assert sweep(Mail.objects.all(), at=AT + timedelta(minutes=10))["freed"] == 3


@pytest.mark.django_db(transaction=True)
def test_a_lease_lasts_while_the_server_takes_its_time(counting):
    counting.behaviour = Behaviour((Rule("dot", seconds=0.5, times=1),))
    queue(3)
    lease, swept = timedelta(seconds=0.2), []

    def sweep_meanwhile():
        for _ in range(5):
            time.sleep(0.1)
            swept.append(sweep(Mail.objects.all(), at=timezone.now()))
        connection.close()

    rows = claim(Mail.objects.select_related("address"), at=timezone.now(), limit=10, lease=lease)
    other = threading.Thread(target=sweep_meanwhile)
    other.start()
    with SmtpSession(counting.url, limits=Limits(connect=2, command=2, final_reply=2)) as session:
        hand_over(rows, prepare=parcel, session=session, clock=timezone.now, lease=lease)
    other.join()
    assert states() == {"accepted": 3}
    assert all(each == {"freed": 0, "uncertain": 0, "expired": 0} for each in swept)


@pytest.mark.django_db(transaction=True)
def test_renewing_a_lease_waits_for_no_row_that_is_being_marked():
    """A mark locks two rows. A renewal that waited for one of them while it held the other ended senders by a deadlock."""
    queue(2)
    first, second = claim(Mail.objects.all(), at=AT, limit=2)
    told = []

    def renew():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            told.append(renew_leases(Mail.objects.filter(claim_token=first.claim_token), at=AT, lease=timedelta(hours=1)))
        finally:
            connection.close()

    with transaction.atomic():
        Mail.objects.select_for_update().get(pk=first.pk)
        thread = threading.Thread(target=renew)
        thread.start()
        thread.join()
    assert told == [1]
    leases = dict(Mail.objects.values_list("pk", "lease_until"))
    assert leases == {first.pk: first.lease_until, second.pk: AT + timedelta(hours=1)}


@pytest.mark.django_db
def test_a_claim_from_before_the_database_started_may_have_been_sent():
    """The mark of the last messages is not waited for: a crash of PostgreSQL itself can lose it."""
    queue(2)
    old, new = claim(Mail.objects.all(), at=AT, limit=10)
    before = claims._asked("SELECT pg_postmaster_start_time() - interval '1 second'")
    Mail.objects.filter(pk=old.pk).update(claim_token=claims.token_of(before))
    assert sweep(Mail.objects.all(), at=AT + timedelta(minutes=5)) == {"freed": 1, "uncertain": 1, "expired": 0}
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("uncertain", "pending")
    assert "database" in old.reason


@pytest.mark.django_db
def test_so_may_one_from_before_a_crash_after_which_the_start_time_stays():
    """A backend that is killed makes PostgreSQL recover; it then empties what is unlogged."""
    queue(1)
    claim(Mail.objects.all(), at=AT, limit=10)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM mail_up_since")
    later = AT + timedelta(minutes=5)
    assert sweep(Mail.objects.all(), at=later)["uncertain"] == 1
    queue(1, "after.example")
    claim(Mail.objects.all(), at=AT, limit=10)
    assert sweep(Mail.objects.all(), at=later)["freed"] == 1


@pytest.mark.django_db
def test_a_row_that_cannot_be_written_ends_no_message_before_it(counting):
    queue(4)
    bad = Mail.objects.order_by("pk")[2].pk

    def prepare(row):
        if row.pk == bad:
            raise ZeroDivisionError
        return parcel(row)

    with pytest.raises(ZeroDivisionError):
        send(prepare=prepare)
    assert states() == {"accepted": 2, "deferred": 1, "pending": 1}
    assert len(ids(counting)) == 2


@pytest.mark.django_db
def test_ends_in_time_and_leaves_the_rest_to_whoever_comes_next(counting):
    """A worker that is told to end is through before it is cut off, however slow the server and however many its rows."""
    queue(6)
    minutes = iter(range(100))
    rows = claim(Mail.objects.select_related("address"), at=AT, limit=10)
    clock = lambda: AT + timedelta(seconds=next(minutes))  # noqa: E731
    with SmtpSession(counting.url, limits=QUICK) as session:
        told = hand_over(rows, prepare=parcel, session=session, clock=clock, until=AT + timedelta(seconds=8))
    assert 0 < len(told) < 6
    assert states() == {"accepted": len(told), "pending": 6 - len(told)}


@pytest.mark.django_db
def test_what_is_withheld_between_two_messages_holds_up_neither(counting):
    queue(5)
    prepare = lambda row: Withheld("cancelled", "gone") if row.pk % 2 else parcel(row)  # noqa: E731
    assert len(send(prepare=prepare)) == 5
    assert set(states()) == {"accepted", "cancelled"}
    assert len(ids(counting)) == states()["accepted"]


@pytest.mark.django_db
def test_a_pool_that_is_put_off_too_often_rests_and_is_told_once(counting, caplog, settings):
    settings.SPEED = 1
    counting.behaviour = Behaviour((Rule("rcpt", say="451 4.7.1 slow down", share=0.3),))
    queue(230)
    told = send(limit=230, pool="digest")
    left = 230 - len(told)
    assert left in {29, 30}, "of the next, the envelope was perhaps refused already"
    assert states()["pending"] == left and states()["deferred"] > 40
    assert paused_until("digest", at=AT) == AT + pools.PAUSE
    assert send(pool="digest") == [] and states()["pending"] == left, "and nothing stays claimed"
    assert pause_pool("digest", reason="again", at=AT) is False
    assert sum("rests until" in each.message for each in caplog.records) == 1
    assert paused_until("critical", at=AT) is None
    counting.behaviour = Behaviour()
    resume_pool("digest")
    assert len(send(pool="digest")) == left


@pytest.mark.django_db
def test_a_fifth_put_off_is_borne(counting):
    rules = tuple(Rule("rcpt", say="451 4.7.1 slow down", to=f"x{n}.", times=1) for n in range(3))
    counting.behaviour = Behaviour(rules)
    queue(200)
    for number in range(3):
        queue(1, f"x{number}.example")
    send(limit=300, pool="digest")
    assert states() == {"accepted": 200, "deferred": 3}
    assert not Pool.objects.exclude(paused_until=None).exists()


@pytest.mark.django_db
def test_a_pace_is_kept_by_all_senders_together(settings):
    settings.SMTP_POOLS = {"digest": {"rate": 100}}
    slept = []
    senders = [Leave("digest", sleep=slept.append) for _ in range(2)]
    began = time.monotonic()
    for _ in range(50):
        for each in senders:
            each.wait(lambda: None)
    longest = max(slept) + time.monotonic() - began
    assert 0.7 < longest < 1.1, "a hundred messages, the first twenty at once: the last may go after 0.8 s"


@pytest.mark.django_db
def test_without_a_bound_nothing_is_asked(settings, django_assert_num_queries):
    settings.SMTP_URL = "smtp://127.0.0.1:25"
    with django_assert_num_queries(0):
        Leave("digest").wait(lambda: None)
        assert Leave("digest").busy("a@example.org") is None
    settings.SMTP_URL = "smtp://relay.example.org"
    assert pools.pace_of("digest").rate == pools.RATE


@pytest.mark.django_db
def test_a_domain_with_a_pace_of_its_own_holds_up_no_other(counting, settings):
    settings.SMTP_DOMAIN_RATES = {"slow.example": 4}
    queue(10, "slow.example")
    queue(10, "quick.example")
    began = time.monotonic()
    assert len(send(pool="digest")) == 20, "each is told of, so that nobody takes the server for away"
    assert time.monotonic() - began < 1
    by_domain = Counter(each.recipient.partition("@")[2] for each in arrivals(counting.record))
    assert by_domain["quick.example"] == 10
    assert 1 <= by_domain["slow.example"] <= 4
    waiting = Mail.objects.filter(state="pending")
    assert waiting.count() == 10 - by_domain["slow.example"]
    assert all(each.next_attempt_at > AT and each.attempts == 0 for each in waiting)


@pytest.mark.django_db
def test_mail_is_signed_where_a_selector_is_set(counting, settings, tmp_path):
    key = Ed25519PrivateKey.generate()
    file = tmp_path / "dkim.pem"
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(*kinds))
    settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE, counting.keeps = "s1", str(file), True
    queue(2)
    send(prepare=lambda row: replace(parcel(row), data=b"From: x <b@example.org>\r\n" + parcel(row).data))
    assert [verify(each, key.public_key())["d"] for each in counting.messages] == ["example.org"] * 2
