"""A run that is watched: the canary, what stops it, what is uncertain, what was recalled."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape

from digest.actions.runs import resume_run
from digest.models import Delivery, Run, Subscription
from digest.sending import send_due
from digest.ticking import tick
from mail.doubts import ARRIVED
from mail.models import Address, Suppression
from notifications.models import Event
from tests.accounts.factories import GroupFactory, UserFactory
from tests.digest.conftest import QUICK
from tests.digest.factories import WEDNESDAY, EditionFactory, ItemFactory, SubscriptionFactory
from tests.forum.factories import CategoryFactory, TopicFactory

pytestmark = pytest.mark.django_db
LATER = WEDNESDAY + timedelta(minutes=11)


@pytest.fixture
def thirty(edition, settings):
    settings.WEEKLY_CANARY_FROM, settings.WEEKLY_CANARY_PERCENT = 30, 10
    settings.WEEKLY_CANARY_MINUTES = 5 * settings.SPEED
    return SubscriptionFactory.create_batch(30)


def go(at):
    tick(at=at)
    sent = send_due(clock=lambda: at, limits=QUICK)
    tick(at=at)
    return sent


def test_some_go_first_and_the_others_when_minutes_have_gone_by(thirty, sink, settings):
    settings.WEEKLY_SEEDS = [thirty[0].address.email]
    first = go(WEDNESDAY)
    assert first in (3, 4)
    assert thirty[0].address.email in {mail.recipient for mail in sink.received}
    assert Run.objects.get().state == "canary"
    assert go(WEDNESDAY + timedelta(minutes=4)) == 0
    assert go(WEDNESDAY + timedelta(minutes=6)) == 30 - first
    assert Run.objects.get().state == "done"


def test_a_server_that_calls_every_mailbox_gone_is_not_believed(edition, sink):
    """A relay that lost our account says 550 to each: nobody loses the weekly for that."""
    SubscriptionFactory.create_batch(25)
    sink.answer_rcpt = lambda address: "550 5.1.1 no such user"
    go(WEDNESDAY)
    run = Run.objects.get()
    assert (run.state, run.held_because) == ("paused", "The mail server refused 25 of 25 in a row.")
    assert Subscription.objects.active().count() == 25
    assert not Address.objects.filter(state="dead").exists()
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("answer", ["550 5.7.1 not from you", "451 4.7.1 not now"])
def test_those_who_go_first_stop_it_for_all_others_where_most_are_refused_however_few(thirty, sink, answer):
    sink.answer_rcpt = lambda address: answer
    go(WEDNESDAY)
    first = Delivery.objects.filter(is_canary=True).count()
    for minutes in (1, 6, 7):
        assert go(WEDNESDAY + timedelta(minutes=minutes)) == 0
    run = Run.objects.get()
    assert (run.state, run.held_because) == ("paused", f"{first} of the {first} letters that went first came to nothing.")
    assert Delivery.objects.filter(state="pending").count() == 30 - first
    assert Event.objects.filter(kind="digest.held").count() == 1
    sink.answer_rcpt = lambda address: None
    resume_run(run, by=UserFactory(organiser=True), at=WEDNESDAY)
    assert go(LATER) >= 30 - first
    assert Run.objects.get().state in ("done", "draining")


def test_one_of_those_who_go_first_who_is_not_there_holds_up_nobody(thirty, sink, settings):
    settings.WEEKLY_SEEDS = [thirty[0].address.email]
    sink.answer_rcpt = lambda address: "550 5.1.1 nobody" if address == thirty[0].address.email else None
    go(WEDNESDAY)
    go(WEDNESDAY + timedelta(minutes=6))
    assert len(sink.received) == 29


def test_a_server_that_refuses_all_stops_the_run_once_and_it_goes_on_where_it_stood(edition, sink, settings):
    settings.WEEKLY_CANARY_FROM = 1_000
    SubscriptionFactory.create_batch(25)
    sink.answer_rcpt = lambda address: "451 4.7.1 not now"
    go(WEDNESDAY)
    go(WEDNESDAY + timedelta(minutes=1))
    run = Run.objects.get()
    assert (run.state, run.held_because) == ("paused", "The mail server refused 25 of 25 in a row.")
    assert Event.objects.filter(kind="digest.held").count() == 1
    sink.answer_rcpt = lambda address: None
    resume_run(run, by=UserFactory(organiser=True), at=WEDNESDAY)
    assert go(LATER) == 25
    run.refresh_from_db()
    assert (run.state, run.held_because, len(sink.received)) == ("done", "", 25)


def test_the_editors_are_told_once_where_more_than_one_in_a_hundred_is_turned_away_for_what_it_is(edition, sink, staff):
    first = SubscriptionFactory.create_batch(30)[0].address.email
    sink.answer_data = lambda envelope: "552 5.3.4 too large" if first in envelope.rcpt_tos else None
    for minutes in range(2):
        go(WEDNESDAY + timedelta(minutes=minutes))
    assert Event.objects.filter(kind="digest.turned_away").count() == 1
    assert not Event.objects.filter(kind="digest.held").exists()
    run = Run.objects.get()
    assert run.state == "done"
    assert "1 of 30 letters were turned away" in staff.get(reverse("digest:run", args=[run.pk])).text


def test_mailboxes_that_are_gone_are_no_fault_of_the_letters(edition, sink):
    gone = SubscriptionFactory.create_batch(30)[0].address.email
    sink.answer_rcpt = lambda address: "550 5.1.1 nobody" if address == gone else None
    go(WEDNESDAY)
    assert not Event.objects.filter(kind__startswith="digest.").exists()


def test_what_is_uncertain_is_accepted_where_the_server_knows_it_and_sent_once_more_where_not(edition, sink, settings, tmp_path):
    record = tmp_path / "record"
    settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.Record", str(record)
    settings.WEEKLY_DOUBT_MINUTES = 10 * settings.SPEED
    SubscriptionFactory.create_batch(2)
    go(WEDNESDAY)
    known, unknown = Delivery.objects.order_by("pk")
    record.write_text(f"{known.message_id} 1\n")
    Delivery.objects.update(state="uncertain")
    Run.objects.update(state="draining")
    go(WEDNESDAY + timedelta(minutes=1))
    known.refresh_from_db()
    assert (known.state, known.reason) == ("accepted", "found at the mail server")
    assert Run.objects.get().state == "draining"
    assert len(sink.received) == 2
    go(WEDNESDAY + timedelta(minutes=12))
    assert [mail.message["Message-ID"] for mail in sink.received].count(unknown.message_id) == 2
    assert Run.objects.get().counts == {"candidates": 2, "accepted": 2}


class TestWhatNobodyCanBeAskedAbout:
    """Without evidence: a person looks at the mail server and decides, letter by letter."""

    @pytest.fixture
    def run(self, edition, sink):
        sink.hang_up_after_dot = True
        SubscriptionFactory.create_batch(2)
        go(WEDNESDAY)
        sink.hang_up_after_dot = False
        run = Run.objects.get()
        assert (run.state, run.counts) == ("done", {"candidates": 2, "uncertain": 2})
        return run

    def address(self, run, number, name):
        row = Delivery.objects.order_by("pk")[number]
        return row, reverse(f"digest:run_doubt_{name}", args=[run.pk, row.pk])

    def test_it_is_sent_once_more_by_the_same_name_or_counts_as_arrived(self, run, staff, sink):
        before = len(sink.received)
        missing, press = self.address(run, 0, "missing")
        arrived, other = self.address(run, 1, "arrived")
        with time_machine.travel(WEDNESDAY + timedelta(hours=1), tick=False):
            page = staff.get(reverse("digest:run", args=[run.pk])).text
            assert escape(missing.message_id) in page
            assert staff.post(press).status_code == staff.post(other).status_code == 302
            assert staff.post(press).status_code == 409, "decided already"
            assert "In doubt" not in staff.get(reverse("digest:run", args=[run.pk])).text
        go(WEDNESDAY + timedelta(hours=1))
        assert [mail.message["Message-ID"] for mail in sink.received[before:]] == [missing.message_id]
        arrived.refresh_from_db()
        assert (arrived.state, arrived.reason) == ("accepted", ARRIVED)
        run.refresh_from_db()
        assert (run.state, run.counts) == ("done", {"candidates": 2, "accepted": 2})

    def test_an_edition_of_days_ago_is_not_sent_again(self, run, staff):
        _, press = self.address(run, 0, "missing")
        with time_machine.travel(WEDNESDAY + timedelta(hours=37), tick=False):
            assert "too old to be sent again" in staff.post(press).text
        assert Delivery.objects.filter(state="uncertain").count() == 2

    def test_a_run_that_the_editors_ended_sends_nothing_more(self, run, staff, sink):
        Run.objects.update(state="aborted")
        before = len(sink.received)
        with time_machine.travel(WEDNESDAY, tick=False):
            assert staff.post(self.address(run, 0, "missing")[1]).status_code == 409
            assert staff.post(self.address(run, 1, "arrived")[1]).status_code == 302
        go(WEDNESDAY)
        assert (Run.objects.get().state, len(sink.received)) == ("aborted", before)

    def test_it_is_for_whoever_edits_the_weekly(self, run, client):
        client.force_login(UserFactory(member=True))
        for name in ("missing", "arrived"):
            assert client.post(self.address(run, 0, name)[1]).status_code == 403


def test_a_body_that_cannot_be_written_fails_alone_and_stops_the_run(edition, sink, monkeypatch):
    good = SubscriptionFactory.create_batch(25)
    bad = SubscriptionFactory(categories=[7])
    monkeypatch.setattr("digest.letters.empty_words", lambda stream, has_note, chose_categories: 1 / (not chose_categories))
    go(WEDNESDAY)
    assert sorted(mail.recipient for mail in sink.received) == sorted(mine.address.email for mine in good)
    row = Delivery.objects.get(subscription=bad)
    assert (row.state, row.reason) == ("failed", "it could not be written")
    assert Run.objects.get().state == "paused"


def test_what_waited_longer_than_a_weekly_is_worth_is_not_sent(edition, sink):
    SubscriptionFactory()
    tick(at=WEDNESDAY)
    Run.objects.update(state="paused")
    assert go(WEDNESDAY + timedelta(hours=37)) == 0
    assert Delivery.objects.get().state == "expired"
    assert Run.objects.get().state == "done"


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(organiser=True))
    return client


def test_what_is_recalled_is_in_no_letter_that_was_not_sent_and_back_when_it_is_put_back(edition, send, staff):
    topic = TopicFactory(title="Exam or portfolio", category=CategoryFactory())
    item = ItemFactory(edition=edition, object_id=topic.pk, position=1)
    SubscriptionFactory()
    SubscriptionFactory(local_hour=13)
    tick(at=WEDNESDAY)
    address = reverse("digest:run", args=[Run.objects.get().pk])
    assert "Exam or portfolio" in staff.get(address).text
    staff.post(f"{address}items/{item.pk}/recall/")
    assert "Exam or portfolio" not in send(WEDNESDAY)[0].text
    assert "Exam or portfolio" not in staff.get(reverse("digest:edition", args=[edition.number])).text
    staff.post(f"{address}items/{item.pk}/back/")
    assert "Exam or portfolio" in send(WEDNESDAY + timedelta(hours=1))[1].text


def test_the_page_of_a_run_tells_refusals_by_domain_and_never_an_address(edition, sink, staff):
    sink.answer_rcpt = lambda address: "550 5.7.1 not you" if "example.net" in address else None
    SubscriptionFactory(address__email="first@example.net")
    SubscriptionFactory(address__email="second@example.org")
    go(WEDNESDAY)
    address = reverse("digest:run", args=[Run.objects.get().pk])
    page = staff.get(address).text
    assert "example.net" in page
    assert "550 5.7.1" in page
    assert "@example" not in page
    books = b"".join(staff.get(f"{address}books.csv")).decode()
    assert [line.split(",")[1] for line in books.splitlines()[1:]] == ['"failed"', '"accepted"']
    assert "@" not in books


def test_staff_of_a_run_read_its_stream_and_no_name_of_a_group_that_they_are_not_in(client, edition):
    secret = CategoryFactory(access="group", group=GroupFactory(), name="Elsewhere")
    hidden = TopicFactory(category=secret, title="Whispered")
    ItemFactory(edition=edition, object_id=hidden.pk, title=hidden.title, category_id=secret.pk)
    daily = EditionFactory(stream=f"daily.{secret.pk}", headline="")
    runs = [Run.objects.create(edition=each, slot=WEDNESDAY, made_at=WEDNESDAY, counts={}) for each in (edition, daily)]
    client.force_login(UserFactory(organiser=True))
    listed = client.get(reverse("digest:runs")).text
    assert "The weekly, no. 1" in " ".join(listed.split())
    assert "A daily for members" in listed
    for page in (listed, *(client.get(reverse("digest:run", args=[run.pk])).text for run in runs)):
        assert "Whispered" not in page
        assert "Elsewhere" not in page
    assert "Something of a group that you are not in" in client.get(reverse("digest:run", args=[runs[0].pk])).text
