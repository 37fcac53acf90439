import re
from datetime import timedelta
from itertools import count
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from digest import sending
from digest.actions import bodies, runs
from digest.actions.choices import pause_weekly
from digest.actions.moving import follow_address
from digest.actions.runs import RunIsOver, abort_run, materialise, pause_run, plan_runs, resume_run
from digest.actions.subscriptions import leave_weekly, undo_leaving
from digest.balance import states_of
from digest.models import Body, Delivery, Edition, Run, Subscription
from digest.sending import send_due
from digest.tasks import send_weekly, tick_weekly
from digest.ticking import tick
from mail.models import Address
from mail.suppressions import suppress
from tests.accounts.factories import UserFactory
from tests.digest.conftest import QUICK
from tests.digest.factories import MONDAY, WEDNESDAY, AddressFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
WHERE = {"form": "test", "ip": ""}


def test_goes_once_to_everybody_at_their_hour_and_not_before(edition, send, next_week):
    noon, evening = SubscriptionFactory(), SubscriptionFactory(local_hour=19)
    assert send(WEDNESDAY - timedelta(minutes=1)) == []
    assert [mail.recipient for mail in send(WEDNESDAY)] == [noon.address.email]
    assert [mail.recipient for mail in send(WEDNESDAY + timedelta(hours=7))] == [noon.address.email, evening.address.email]
    assert len(send(WEDNESDAY + timedelta(hours=8))) == 2
    noon.refresh_from_db()
    assert noon.next_due_at == WEDNESDAY + timedelta(days=7)
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}


def test_carries_every_header_and_both_parts(edition, send):
    mine = SubscriptionFactory()
    (received,) = send(WEDNESDAY)
    row, head = Delivery.objects.get(), received.message
    assert head["From"] == "Plenary Weekly <weekly@news.example.org>"
    assert head["Reply-To"] == "office@example.org"
    assert head["To"] == mine.address.email
    assert head["Subject"] == f"No. {edition.number}: Seven days left to say which route"
    assert re.fullmatch(rf"<d\.{row.run_id}\.{row.pk}\.[0-9a-f]{{8}}@plenary\.example\.org>", head["Message-ID"])
    assert received.sender.startswith(f"b+d.{row.pk}.")
    assert head["List-Id"] == "Plenary Weekly <weekly.plenary.example.org>"
    assert re.fullmatch(
        r"<http://127\.0\.0\.1:8000/weekly/m/[\w-]{22}/>, <mailto:office@example\.org\?subject=unsubscribe%20[\w-]{22}>",
        head["List-Unsubscribe"],
    )
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["List-Archive"] == f"<http://127.0.0.1:8000/weekly/{edition.number}/>"
    assert (head["Auto-Submitted"], head["Precedence"]) == ("auto-generated", "bulk")
    assert head["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert head["Feedback-ID"] == f"{row.run_id}:weekly:{edition.number}:plenaryweekly"
    assert head["X-Delivery-Id"] == str(row.pk)
    assert head["References"] is None
    assert head["In-Reply-To"] is None
    assert "The argument was about Tuesday afternoons." in received.text
    assert "<em>Tuesday</em>" in received.html
    assert "Nothing new was written that you can read this week" in received.text


@pytest.mark.parametrize(("moment", "batches"), [(timedelta(milliseconds=1), [2, 5, 2]), (timedelta(seconds=1), [2, 2, 2, 2, 1])])
def test_where_letters_leave_quickly_more_are_taken_at_a_time(edition, sink, monkeypatch, moment, batches):
    monkeypatch.setattr(sending, "MANY", 2)
    monkeypatch.setattr(sending, "MOST", 5)
    SubscriptionFactory.create_batch(9)
    tick(at=WEDNESDAY)
    passed, taken = count(), []
    send_due(
        clock=lambda: WEDNESDAY + next(passed) * moment,
        for_at_most=timedelta(hours=1),
        limits=QUICK,
        lease=timedelta(hours=1),
        on_claim=lambda rows: taken.append(len(rows)),
    )
    assert taken == batches
    assert len({mail.recipient for mail in sink.received}) == len(sink.received) == 9


def test_a_long_site_address_leaves_the_headers_whole(edition, send, settings, sink):
    settings.SITE_URL = "https://plenary.the-institute-of-general-practice-management.example.org"
    SubscriptionFactory()
    wire = []
    sink.answer_data = lambda envelope: wire.append(envelope.content)
    send(WEDNESDAY)
    head = wire[0].split(b"\r\n\r\n")[0]
    assert b"=?" not in head
    assert re.search(rb"List-Unsubscribe: <https://[\w.-]+/weekly/m/[\w-]{22}/>,\r\n <mailto:\S+>\r\n", head)


def test_a_new_subscriber_gets_this_weeks_edition_and_the_next_one_next_week(edition, send, next_week):
    mine = SubscriptionFactory(weekday=4, next_due_at=WEDNESDAY)
    send(WEDNESDAY)
    mine.refresh_from_db()
    assert mine.next_due_at == next_week + timedelta(days=4, hours=6)


def test_ticking_again_changes_nothing(edition, send, states):
    SubscriptionFactory.create_batch(3)
    send(WEDNESDAY)
    before = states()
    assert len(send(WEDNESDAY)) == len(send(WEDNESDAY + timedelta(minutes=1))) == 3
    assert states() == before


@pytest.mark.django_db(transaction=True)
def test_ticks_and_senders_in_parallel_send_each_mail_once(edition, sink):
    SubscriptionFactory.create_batch(130)

    def work():
        for _ in range(3):
            tick(at=WEDNESDAY)
            send_due(clock=lambda: WEDNESDAY, limits=QUICK)
        connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick(at=WEDNESDAY)
    send_due(clock=lambda: WEDNESDAY, limits=QUICK)
    tick(at=WEDNESDAY)
    assert len(sink.received) == len({mail.recipient for mail in sink.received}) == 130
    assert sink.doubles() == []
    run = Run.objects.get()
    assert (run.state, run.counts) == ("done", {"candidates": 130, "accepted": 130})


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_crowd_are_made_two_ranges_at_a_time_and_once_each(edition, monkeypatch):
    monkeypatch.setattr(runs, "RANGE", 7)
    SubscriptionFactory.create_batch(40)
    (run,) = plan_runs(at=WEDNESDAY)
    together, insert = Barrier(2), runs._insert_range

    def beside_another(run, first):
        if first in firsts[:2]:
            together.wait(10)
        insert(run, first)

    lowest = Address.objects.order_by("pk").values_list("pk", flat=True)[0]
    firsts = range(lowest, lowest + 40, 7)
    monkeypatch.setattr(runs, "_insert_range", beside_another)
    assert materialise(run) == 40
    assert Delivery.objects.values("subscription").distinct().count() == 40
    assert materialise(run) == 40


@pytest.mark.django_db(transaction=True)
def test_a_range_that_fails_fails_the_whole_which_begins_again(edition, monkeypatch):
    monkeypatch.setattr(runs, "RANGE", 7)
    SubscriptionFactory.create_batch(40)
    (run,) = plan_runs(at=WEDNESDAY)
    insert, fallen = runs._insert_range, []

    def falls_once(run, first):
        if len(fallen) < 1:
            fallen.append(first)
            raise OperationalError("the server closed the connection")
        insert(run, first)

    monkeypatch.setattr(runs, "_insert_range", falls_once)
    with pytest.raises(OperationalError):
        materialise(run)
    run.refresh_from_db()
    assert run.state == "materialising"
    assert materialise(run) == 40


@pytest.mark.django_db(transaction=True)
def test_two_give_bodies_at_once_and_the_last_lets_the_run_go_out(edition, monkeypatch):
    monkeypatch.setattr(bodies, "BATCH", 2)
    run = a_run_of(6)
    gave = []
    looks_at = bodies.classes_of

    def while_we_are_at_a_batch(accounts):
        if not gave:
            gave.append(0)
            in_a_thread(lambda: gave.append(bodies.give_bodies(run, at=WEDNESDAY)))
            assert Run.objects.get().state == "rendering"
        return looks_at(accounts)

    monkeypatch.setattr(bodies, "classes_of", while_we_are_at_a_batch)
    mine = bodies.give_bodies(run, at=WEDNESDAY)
    assert mine in (1, 2)
    assert gave == [0, 6 - mine]
    assert Run.objects.get().state == "sending"
    assert Delivery.objects.values("body").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_bodies_are_given_does_not_wait_and_gets_nothing(edition, monkeypatch):
    run, (leaving, *_) = a_run_of(3), Subscription.objects.all()
    gives = bodies.make_tokens

    def while_we_are_at_it(*rows, at):
        in_a_thread(lambda: leave_weekly(leaving, at=WEDNESDAY, **WHERE), patience=5)
        gives(*rows, at=at)

    monkeypatch.setattr(bodies, "make_tokens", while_we_are_at_it)
    assert bodies.give_bodies(run, at=WEDNESDAY) == 2
    assert Delivery.objects.get(subscription=leaving).state == "suppressed"
    assert Run.objects.get().state == "sending"


def a_run_of(many):
    SubscriptionFactory.create_batch(many)
    (run,) = plan_runs(at=WEDNESDAY)
    materialise(run)
    return run


def in_a_thread(work, patience=20):
    def there():
        work()
        connection.close()

    thread = Thread(target=there)
    thread.start()
    thread.join(patience)
    assert not thread.is_alive()


def test_an_address_with_and_without_an_account_gets_one_mail(edition, send):
    user = UserFactory(member=True)
    mine = SubscriptionFactory(address=Address.objects.get(account=user))
    leave_weekly(mine, at=WEDNESDAY - timedelta(days=1), **WHERE)
    undo_leaving(mine, at=WEDNESDAY - timedelta(days=1), **WHERE)
    send(WEDNESDAY)
    Subscription.objects.filter(pk=mine.pk).update(state="ended", ended_at=WEDNESDAY)
    SubscriptionFactory(address=mine.address, next_due_at=WEDNESDAY + timedelta(minutes=5))
    assert len(send(WEDNESDAY + timedelta(minutes=5))) == 1


def test_every_candidate_is_told_with_a_reason(edition, send, states):
    SubscriptionFactory(address__email="good@example.org")
    SubscriptionFactory(address__email="paused@example.org", paused_until=WEDNESDAY + timedelta(days=1))
    SubscriptionFactory(address__email="dead@example.org", address__state="dead")
    closed = UserFactory(email="closed@example.org", is_active=False)
    SubscriptionFactory(address=Address.objects.get(account=closed))
    SubscriptionFactory(address__email="objects@example.org")
    suppress("objects@example.org", scope="weekly", reason="by_hand", at=MONDAY)
    SubscriptionFactory(address__email="pending@example.org", pending=True)
    assert [mail.recipient for mail in send(WEDNESDAY)] == ["good@example.org"]
    assert states() == [
        ("closed@example.org", "suppressed", "the account is closed"),
        ("dead@example.org", "suppressed", "there is no such mailbox"),
        ("good@example.org", "accepted", ""),
        ("objects@example.org", "suppressed", "this address must not be written to"),
        ("paused@example.org", "suppressed", "paused by the reader"),
    ]
    run = Run.objects.get()
    assert (run.state, run.counts) == ("done", {"candidates": 5, "accepted": 1, "suppressed": 4})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda mine: leave_weekly(mine, at=WEDNESDAY, **WHERE), "left the weekly"),
        (lambda mine: pause_weekly(mine, weeks=1, at=WEDNESDAY), "paused by the reader"),
        (
            lambda mine: suppress(mine.address.email, scope="all", reason="complaint", at=WEDNESDAY),
            "this address must not be written to",
        ),
        (lambda mine: Address.objects.filter(pk=mine.address_id).update(state="dead"), "there is no such mailbox"),
        (lambda mine: Subscription.objects.filter(pk=mine.pk).update(state="ended", ended_at=WEDNESDAY), "left the weekly"),
    ],
)
def test_what_changes_between_making_the_rows_and_sending_counts(edition, send, states, change, reason):
    mine = SubscriptionFactory()
    assert tick(at=WEDNESDAY)
    assert [row[1] for row in states()] == ["pending"]
    change(mine)
    assert send(WEDNESDAY) == []
    assert states() == [(mine.address.email, "suppressed", reason)]
    assert Run.objects.get().state == "done"


def test_a_closed_account_gets_nothing_that_waits(edition, send, states):
    user = UserFactory(member=True)
    SubscriptionFactory(address=Address.objects.get(account=user))
    tick(at=WEDNESDAY)
    user.is_active = False
    user.save()
    assert send(WEDNESDAY) == []
    assert states()[0][2] == "the account is closed"


def test_leaving_takes_a_row_out_of_a_workers_hands(edition, sink, send):
    mine = SubscriptionFactory()
    tick(at=WEDNESDAY)
    Delivery.objects.update(state="claimed", lease_until=WEDNESDAY + timedelta(minutes=1))
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    assert Delivery.objects.get().state == "suppressed"


def test_what_waits_goes_to_a_new_address_also_out_of_a_workers_hands(edition, sink, send):
    mine, new = SubscriptionFactory(), AddressFactory()
    tick(at=WEDNESDAY)
    Delivery.objects.update(state="claimed", claim_token=uuid4(), lease_until=WEDNESDAY + timedelta(minutes=1))
    follow_address(mine.address, new, at=WEDNESDAY)
    assert [mail.recipient for mail in send(WEDNESDAY)] == [new.email]


def test_an_edition_that_the_new_address_was_served_goes_neither_there_nor_to_the_old_one(edition, send):
    had, mine = SubscriptionFactory(), SubscriptionFactory(local_hour=13)
    send(WEDNESDAY)
    leave_weekly(had, at=WEDNESDAY, **WHERE)
    tick(at=WEDNESDAY + timedelta(hours=1))
    follow_address(mine.address, had.address, at=WEDNESDAY + timedelta(hours=1))
    assert [mail.recipient for mail in send(WEDNESDAY + timedelta(hours=1))] == [had.address.email]
    assert Delivery.objects.get(subscription=mine).reason == "the new address has had this edition"


def test_undone_in_time_the_edition_goes_out_after_all(edition, send):
    mine = SubscriptionFactory()
    tick(at=WEDNESDAY)
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    undo_leaving(mine, at=WEDNESDAY, **WHERE)
    assert len(send(WEDNESDAY)) == 1


def test_a_mailbox_that_does_not_exist_ends_its_weekly(edition, send, sink):
    sink.answer_rcpt = lambda address: "550 5.1.1 no such user"
    mine = SubscriptionFactory()
    send(WEDNESDAY)
    mine.refresh_from_db()
    assert (mine.state, mine.ended_reason, mine.address.state) == ("ended", "no such mailbox", "dead")
    assert Run.objects.get().counts == {"candidates": 1, "failed": 1}


def test_put_off_keeps_the_run_open_and_goes_out_later(edition, send, sink):
    sink.answer_rcpt = lambda address: "451 4.3.0 try later"
    SubscriptionFactory()
    send(WEDNESDAY)
    assert Run.objects.get().state == "draining"
    sink.answer_rcpt = lambda address: None
    assert len(send(WEDNESDAY + timedelta(minutes=10))) == 1
    assert Run.objects.get().state == "done"
    assert Delivery.objects.get().attempts == 2


def test_no_answer_after_the_dot_is_told_as_uncertain_and_not_sent_again(edition, send, sink):
    sink.hang_up_after_dot = True
    SubscriptionFactory()
    send(WEDNESDAY)
    sink.hang_up_after_dot = False
    assert len(send(WEDNESDAY + timedelta(hours=1))) == 1
    run = Run.objects.get()
    assert (run.state, run.counts) == ("done", {"candidates": 1, "uncertain": 1})


def test_a_run_whose_books_do_not_balance_stays_open(edition, send):
    SubscriptionFactory.create_batch(2)
    tick(at=WEDNESDAY)
    Delivery.objects.first().delete()
    send(WEDNESDAY)
    run = Run.objects.get()
    assert run.state == "draining"
    assert states_of(run) == {"accepted": 1}


def test_who_becomes_due_at_an_instant_that_was_sent_opens_its_run_again(edition, send):
    SubscriptionFactory()
    send(WEDNESDAY)
    SubscriptionFactory()
    assert len(send(WEDNESDAY + timedelta(minutes=1))) == 2
    run = Run.objects.get()
    assert (run.state, run.counts) == ("done", {"candidates": 2, "accepted": 2})


def test_late_readers_after_an_outage_get_the_edition_of_their_day(edition, send):
    SubscriptionFactory()
    assert len(send(WEDNESDAY + timedelta(days=2))) == 1
    assert Run.objects.get().slot == WEDNESDAY


def test_nothing_is_planned_before_there_is_an_edition(db):
    SubscriptionFactory()
    assert plan_runs(at=WEDNESDAY) == []


def test_readers_who_get_the_same_share_a_body(edition, send):
    SubscriptionFactory.create_batch(5)
    send(WEDNESDAY)
    assert Body.objects.count() == 1


def test_an_editor_pauses_resumes_and_ends_a_run(edition, send, sink):
    editor = UserFactory(organiser=True)
    SubscriptionFactory.create_batch(2)
    tick(at=WEDNESDAY)
    run = Run.objects.get()
    pause_run(run, by=editor, at=WEDNESDAY)
    assert send(WEDNESDAY) == []
    resume_run(run, by=editor, at=WEDNESDAY)
    pause_run(run, by=editor, at=WEDNESDAY)
    assert abort_run(run, by=editor, at=WEDNESDAY) == 2
    assert send(WEDNESDAY + timedelta(hours=1)) == []
    assert set(Delivery.objects.values_list("state", "reason")) == {("cancelled", "the run was ended by the editors")}
    with pytest.raises(RunIsOver):
        resume_run(run, by=editor, at=WEDNESDAY)


def test_a_pause_takes_hold_at_once_also_of_what_a_sender_has_in_hand(edition, sink):
    editor = UserFactory(organiser=True)
    SubscriptionFactory.create_batch(5)
    tick(at=WEDNESDAY)
    run = Run.objects.get()
    send_due(clock=lambda: WEDNESDAY, limits=QUICK, on_claim=lambda rows: pause_run(run, by=editor, at=WEDNESDAY))
    assert sink.received == []
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}
    resume_run(run, by=editor, at=WEDNESDAY)
    assert send_due(clock=lambda: WEDNESDAY, limits=QUICK) == 5


def test_whoever_was_due_when_a_run_was_ended_gets_the_edition_of_the_next_week(edition, send, next_week):
    """Ended before its rows were made; and by somebody who had left it meanwhile and comes back."""
    editor = UserFactory(organiser=True)
    waited, left = SubscriptionFactory(), SubscriptionFactory()
    plan_runs(at=WEDNESDAY)
    run = Run.objects.get()
    leave_weekly(left, form="weekly:test", ip="", at=WEDNESDAY)
    abort_run(run, by=editor, at=WEDNESDAY)
    tick(at=WEDNESDAY)
    undo_leaving(left, form="weekly:test", ip="", at=WEDNESDAY + timedelta(minutes=5))
    tick(at=WEDNESDAY + timedelta(minutes=6))
    run.refresh_from_db()
    assert (run.state, run.counts["candidates"]) == ("aborted", 2)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    told = [mail.recipient for mail in send(WEDNESDAY + timedelta(days=7))]
    assert sorted(told) == sorted([waited.address.email, left.address.email])


def test_whom_an_ended_run_was_to_ask_whether_to_go_on_is_asked_another_time(edition, send):
    long_ago = WEDNESDAY - timedelta(weeks=60)
    mine = SubscriptionFactory(pace="last", read_at=long_ago, paced_at=WEDNESDAY - timedelta(weeks=1))
    tick(at=WEDNESDAY)
    abort_run(Run.objects.get(), by=UserFactory(organiser=True), at=WEDNESDAY)
    (mail,) = send(WEDNESDAY + timedelta(days=7))
    assert "SHALL WE GO ON?" in mail.text
    mine.refresh_from_db()
    assert mine.pace == "stopped"


def test_rows_that_are_made_while_a_run_is_ended_are_not_sent(edition, send, monkeypatch):
    SubscriptionFactory()
    plan_runs(at=WEDNESDAY)
    run, editor, insert = Run.objects.get(), UserFactory(organiser=True), runs._insert_range

    def ended_meanwhile(run, first):
        abort_run(run, by=editor, at=WEDNESDAY)
        insert(run, first)

    monkeypatch.setattr(runs, "_insert_range", ended_meanwhile)
    materialise(run)
    run.refresh_from_db()
    assert (run.state, run.counts) == ("aborted", {"candidates": 1})
    assert Delivery.objects.get().state == "cancelled"
    assert send(WEDNESDAY) == []


def test_the_books_of_a_run_stand_on_a_page_for_organisers(edition, send, client):
    SubscriptionFactory()
    SubscriptionFactory(paused_until=WEDNESDAY + timedelta(days=1))
    send(WEDNESDAY)
    address = reverse("digest:run", args=[Run.objects.get().pk])
    client.force_login(UserFactory(member=True))
    assert client.get(address).status_code == 403
    client.force_login(UserFactory(organiser=True))
    text = client.get(address).text
    assert "Not written to" in text
    assert "paused by the reader" in text
    assert "do not balance" not in text
    assert "@example.org" not in text
    assert client.get(reverse("digest:runs")).status_code == 200


def test_the_rows_of_many_are_made_in_a_number_of_statements_that_does_not_grow(edition):
    counts = []
    for number in (2, 30):
        at = WEDNESDAY + timedelta(hours=number)
        SubscriptionFactory.create_batch(number, next_due_at=at)
        tick(at=at)
        Run.objects.update(state="paused")
        SubscriptionFactory.create_batch(number, next_due_at=at + timedelta(minutes=5))
        with CaptureQueriesContext(connection) as told:
            tick(at=at + timedelta(minutes=5))
        Run.objects.update(state="paused")
        counts.append(len(told))
    assert counts[0] == counts[1]
    assert Delivery.objects.filter(state="pending", body__isnull=False).count() == 64


def test_an_edition_of_next_week_goes_to_the_same_readers_again(edition, send, next_week):
    SubscriptionFactory()
    send(WEDNESDAY)
    Edition.objects.filter(state="draft").update(headline="The week after")
    subjects = [mail.message["Subject"] for mail in send(WEDNESDAY + timedelta(days=7))]
    assert len(subjects) == 2
    assert subjects[1] == "No. 2: The week after"
    assert list(Edition.objects.order_by("number").values_list("number", "state")) == [(1, "cut"), (2, "cut"), (3, "draft")]


def test_the_buttons_of_a_run_are_for_organisers(edition, client):
    SubscriptionFactory()
    tick(at=WEDNESDAY)
    run = Run.objects.get()
    client.force_login(UserFactory(member=True))
    assert client.post(reverse("digest:run_pause", args=[run.pk])).status_code == 403
    client.force_login(UserFactory(director=True))
    for name, state in (("run_pause", "paused"), ("run_resume", "sending"), ("run_abort", "aborted")):
        assert client.post(reverse(f"digest:{name}", args=[run.pk])).status_code == 302
        run.refresh_from_db()
        assert run.state == state
    assert client.post(reverse("digest:run_abort", args=[run.pk])).status_code == 409


def test_whoever_watches_over_the_site_sees_whether_the_weekly_ticks(client):
    told = client.get("/readyz")
    assert told.json()["weekly"] == "has not ticked lately"
    tick_weekly()
    ticks = client.get("/readyz")
    assert ticks.json()["weekly"] == "ok"
    assert ticks.status_code == told.status_code, "pages are served all the same"


def test_a_page_asks_before_a_run_is_ended(edition, client):
    SubscriptionFactory.create_batch(2)
    tick(at=WEDNESDAY)
    run = Run.objects.get()
    address = reverse("digest:run_abort", args=[run.pk])
    client.force_login(UserFactory(organiser=True))
    assert address in client.get(reverse("digest:run", args=[run.pk])).text
    assert "2 readers wait for it" in client.get(address).text
    run.refresh_from_db()
    assert run.state == "sending", "opening it changes nothing"
    client.post(address)
    assert client.get(address).status_code == 302, "nothing is left to ask"


def test_the_tasks_tick_wake_and_send(edition, sink, settings):
    settings.SPEED = 1
    SubscriptionFactory(next_due_at=timezone.now() - timedelta(minutes=1))
    assert tick_weekly() is True
    assert send_weekly() == 1
    assert tick_weekly() is False
