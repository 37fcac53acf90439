"""What a subscriber chooses by a link, without signing in: streams, times, breaks, another address; and why they get it."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from digest.actions.choices import PauseTooLong, choose_among, pause_weekly
from digest.actions.moving import AddressOfAnAccount, NothingToMove, TooManyMoves, ask_to_move, confirm_move
from digest.actions.subscriptions import ask_for_weekly, confirm_subscription, disown_request, leave_everything, leave_weekly
from digest.models import AddressChange, CapabilityToken, Delivery, Run, Subscription
from digest.streams import OUTCOMES, daily_of
from digest.tokens import leave_token, make_tokens, move_token, secret_of, standing_token
from digest.words import comes
from mail.inbound import keep_mail, take_in_next
from mail.models import Address, ConsentEvent, Mail
from mail.suppressions import suppressed
from tests.accounts.factories import UserFactory
from tests.digest.factories import WEDNESDAY, AddressFactory, SubscriptionFactory
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
WHERE = {"form": "weekly:test", "ip": "192.0.2.0"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def on_wednesday():
    cache.clear()
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def mine():
    return SubscriptionFactory(address__email="maren@practice.example.org")


@pytest.fixture
def link(mine):
    """Makes the address of a page behind this subscription's link."""
    token = secret_of(standing_token(mine, CapabilityToken.Scope.PAUSE, at=WEDNESDAY))

    def to(name="manage", *more):
        return reverse(f"digest:{name}", args=[token, *more])

    return to


def test_hour_zone_and_letter_are_chosen_behind_the_link(client, mine, link):
    told = {"weekday": "1", "hour": "9", "tz": "Europe/Paris"}
    assert re.search(r"Whose time\s*</label>", client.get(link()).text), "and not that it is optional"
    assert "Saved. It comes on Tuesdays" in client.post(link("day"), told, follow=True).text
    assert "Tuesdays at 09:00 (Paris, Madrid, Brussels time)" in client.post(link("day"), told, follow=True).text
    assert "Saved." in client.post(link("letter"), {"plain_text": "on", "when_empty": "none"}, follow=True).text
    mine.refresh_from_db()
    assert (mine.tz, mine.plain_text, mine.when_empty) == ("Europe/Paris", True, "none")
    assert mine.next_due_at.astimezone(UTC).hour == 8


def test_a_zone_that_there_is_not_is_refused_beside_the_field(client, mine, link):
    answer = client.post(link("day"), {"weekday": "1", "hour": "9", "tz": "Mars/Olympus"})
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.text


def test_times_are_said_as_a_reader_says_them():
    assert comes("weekly", weekday=4, hour=7) == "on Fridays at 07:00"
    assert comes("daily.3", weekday=4, hour=7, tz="Asia/Dubai") == "every day at 07:00 (Dubai time)"


def test_fewer_of_a_category_leaves_what_the_page_does_not_show(client, link, mine):
    public, other = CategoryFactory(), CategoryFactory()
    page = client.get(link()).text
    assert page.count('name="categories"') == 2
    client.post(link("letter"), {"when_empty": "short", "categories": [str(public.pk)]})
    mine.refresh_from_db()
    assert mine.categories == [public.pk]
    told = client.post(link("letter"), {"when_empty": "short"})
    assert (told.status_code, "Leave at least one ticked" in told.text) == (422, True)
    client.post(link("letter"), {"when_empty": "short", "categories": [str(public.pk), str(other.pk)]})
    mine.refresh_from_db()
    assert mine.categories == [], "all of them is everything, what opens later too"
    kept = choose_among(mine, wanted=[1], shown=[1, 2], all_of_them=[1, 2, 7])
    assert kept.categories == [1, 7], "a room for members alone is not on the page, and stays"


def test_a_break_lasts_until_a_day_of_ones_own_and_a_year_at_most(client, mine, link):
    assert "Paused until" in client.post(link("pause"), {"until": "2027-01-11"}, follow=True).text
    mine.refresh_from_db()
    assert mine.paused_until == datetime(2027, 1, 11, tzinfo=UTC)
    for wrong in ("2026-11-18", "2028-01-01", "soon", ""):
        assert client.post(link("pause"), {"weeks": "0"}).status_code == 302
        answer = client.post(link("pause"), {"until": wrong})
        assert answer.status_code == 422, wrong
        assert "<title>Error: The weekly" in answer.text
    with pytest.raises(PauseTooLong):
        pause_weekly(mine, until=WEDNESDAY + timedelta(days=400), at=WEDNESDAY)


def test_the_last_day_of_a_break_is_one_where_the_reader_is(client, mine, link):
    Subscription.objects.update(tz="America/Los_Angeles")
    with time_machine.travel(WEDNESDAY.replace(hour=3), tick=False):
        last = re.search(r'name="until"[^>]* max="([0-9-]+)"', client.get(link()).text)[1]
        assert client.post(link("pause"), {"until": last}).status_code == 302


def test_a_break_and_what_comes_next_are_told_by_the_readers_own_clocks(client, mine, link):
    Subscription.objects.update(tz="Australia/Sydney", next_due_at=datetime(2026, 11, 20, 21, tzinfo=UTC))
    assert "Saturday 21 November 2026, 08:00 (Sydney, Melbourne time)" in client.get(link("why")).text
    assert "Paused until 11 January 2027" in client.post(link("pause"), {"until": "2027-01-11"}, follow=True).text
    assert "pauses until 11 January 2027" in client.get(link("why")).text


def test_one_click_ends_its_stream_and_the_page_ends_all(client, mine, link):
    other = SubscriptionFactory(address=mine.address, stream=OUTCOMES)
    client.post(link(), ONE_CLICK)
    other.refresh_from_db()
    assert other.state == "active"
    page = client.get(link()).text
    assert "You have left the weekly" in page
    assert "comes here" in page
    client.post(link("leave_all"))
    assert not Subscription.objects.open().exists()
    assert suppressed([mine.address.email], scope=OUTCOMES) == suppressed([mine.address.email], scope="weekly") != set()
    assert suppressed([mine.address.email], scope="notices") == set(), "mail that an account needs goes on"
    client.post(link("other_back", OUTCOMES))
    other.refresh_from_db()
    assert other.state == "active"
    client.post(link("other_leave", OUTCOMES))
    other.refresh_from_db()
    assert other.state == "ended"
    assert leave_everything(mine.address, at=WEDNESDAY, **WHERE) == 0


def test_a_link_asks_for_more_mail_only_by_way_of_the_mailbox(client, mine, link, post):
    client.post(link("other_ask", OUTCOMES))
    asked = Subscription.objects.get(stream=OUTCOMES)
    assert (asked.state, asked.address) == ("pending", mine.address)
    assert "once the button in it is pressed" in client.get(link()).text
    (mail,) = post(WEDNESDAY)
    assert mail.message["Subject"] == "Confirm that you want the outcomes of Plenary"
    page = re.search(r"http://127\.0\.0\.1:8000(\S+/confirm/\S+)", mail.text)[1]
    client.post(page, {"weekday": "2", "hour": "8"})
    asked.refresh_from_db()
    assert asked.state == "active"
    assert [event.wording_id for event in ConsentEvent.objects.filter(stream=OUTCOMES).order_by("pk")] == ["link-1", "confirm-1"]


def test_a_daily_of_a_room_for_members_is_named_nowhere_behind_a_link(client, mine, link):
    room = CategoryFactory(name="Rota swaps", members_only=True)
    SubscriptionFactory(address=mine.address, stream=daily_of(room.pk))
    page = client.get(link()).text
    assert "Rota swaps" not in page
    assert "A daily for members" in page
    assert client.post(link("other_ask", daily_of(room.pk))).status_code == 403
    assert client.get(reverse("digest:stream", args=[daily_of(room.pk)])).status_code == 404
    assert (
        client.post(reverse("digest:stream_subscribe", args=[daily_of(room.pk)]), {"email": "a@example.org"}).status_code == 404
    )


def test_a_member_gets_the_daily_of_a_room_in_one_step(client):
    room, user = CategoryFactory(name="Rota swaps", members_only=True), UserFactory(member=True)
    client.force_login(user)
    page = client.get(reverse("digest:mine_stream", args=[daily_of(room.pk)])).text
    assert "Daily: Rota swaps" in page
    told = {"weekday": "", "hour": "6", "when_empty": "none"}
    saved = client.post(reverse("digest:mine_stream", args=[daily_of(room.pk)]), told, follow=True).text
    assert "comes every day at 06:00" in saved
    got = Subscription.objects.get()
    assert (got.stream, got.state, got.when_empty) == (daily_of(room.pk), "active", "none")


class TestAnotherAddress:
    def test_moves_when_the_new_mailbox_says_yes_and_the_old_one_is_told(self, client, mine, link, post):
        SubscriptionFactory(address=mine.address, stream=OUTCOMES)
        answer = client.post(link("move"), {"email": "Maren@new.example.org"}, follow=True)
        assert "We have asked m•••@n•••.org" in answer.text
        told = {mail.recipient: mail for mail in post(WEDNESDAY)}
        assert set(told) == {"maren@new.example.org", "maren@practice.example.org"}
        assert "call it off" in told["maren@practice.example.org"].text
        page = re.search(r"http://127\.0\.0\.1:8000(\S+/move/\S+)", told["maren@new.example.org"].text)[1]
        assert "m•••@p•••.org" in client.get(page).text
        assert Subscription.objects.filter(address=mine.address).count() == 2, "opening the page changes nothing"
        assert "It comes here now" in client.post(page, follow=True).text
        assert "It comes here now" in client.post(page, follow=True).text
        moved = Subscription.objects.active().filter(address__email="maren@new.example.org")
        assert moved.count() == 2
        assert moved[0].address.state == "verified"
        assert [mail.message["Subject"] for mail in post(WEDNESDAY)][2:] == ["Your mail from Plenary goes to another address now"]

    def test_is_called_off_by_whoever_holds_the_link_of_the_old_one(self, client, mine, link):
        change = ask_to_move(mine, email="new@example.org", at=WEDNESDAY)
        assert "Call it off" in client.get(link()).text
        client.post(link("move_stay"))
        assert client.post(reverse("digest:move_confirm", args=[move_token(change.pk)])).status_code == 409
        with pytest.raises(NothingToMove):
            confirm_move(change, at=WEDNESDAY, **WHERE)

    def test_is_too_late_after_a_week_and_asked_of_three_strangers_a_day(self, mine):
        change = ask_to_move(mine, email="a@example.org", at=WEDNESDAY)
        with pytest.raises(NothingToMove):
            confirm_move(change, at=WEDNESDAY + timedelta(days=8), **WHERE)
        for name in "bc":
            ask_to_move(mine, email=f"{name}@example.org", at=WEDNESDAY)
        assert AddressChange.objects.waiting().count() == 1, "the last one counts"
        with pytest.raises(TooManyMoves):
            ask_to_move(mine, email="d@example.org", at=WEDNESDAY)

    def test_is_not_asked_where_its_owner_said_that_it_was_not_they_nor_over_and_over(self, post):
        disowned = SubscriptionFactory(pending=True, address__email="left-alone@example.org")
        disown_request(disowned, at=WEDNESDAY, **WHERE)
        for _ in range(2):
            for mine in SubscriptionFactory.create_batch(2):
                ask_to_move(mine, email="left-alone@example.org", at=WEDNESDAY)
                ask_to_move(mine, email="victim@example.org", at=WEDNESDAY)
        ask_for_weekly("victim@example.org", at=WEDNESDAY, **WHERE)
        told = [mail.recipient for mail in post(WEDNESDAY)]
        assert told.count("left-alone@example.org") == 0
        assert told.count("victim@example.org") == 3

    def test_has_nothing_to_move_once_the_old_one_has_stopped_it(self, client, mine):
        change = ask_to_move(mine, email="new@example.org", at=WEDNESDAY)
        leave_weekly(mine, at=WEDNESDAY, **WHERE)
        page = reverse("digest:move_confirm", args=[move_token(change.pk)])
        assert "Nothing is left to confirm" in client.get(page).text
        assert "stopped meanwhile" in client.post(page).text
        assert not Address.objects.filter(email="new@example.org", state="verified").exists()

    def test_of_an_account_is_changed_on_its_own_page(self, client):
        user = UserFactory(member=True)
        mine = SubscriptionFactory(address=Address.objects.get(account=user))
        with pytest.raises(AddressOfAnAccount):
            ask_to_move(mine, email="new@example.org", at=WEDNESDAY)

    def test_that_is_the_same_is_told_beside_the_field(self, client, mine, link):
        answer = client.post(link("move"), {"email": mine.address.email})
        assert (answer.status_code, "It goes to this address already." in answer.text) == (422, True)

    def test_takes_every_stream_of_an_account_along(self):
        from digest.actions.moving import follow_address

        old, new = AddressFactory(), AddressFactory()
        for stream in ("weekly", OUTCOMES):
            SubscriptionFactory(address=old, stream=stream)
        follow_address(old, new, at=WEDNESDAY)
        assert Subscription.objects.active().filter(address=new).count() == 2


class TestToBeForgotten:
    def test_leaves_a_hash_and_the_proof_and_nothing_that_opens(self, client, mine, link, edition, post):
        SubscriptionFactory(address=mine.address, stream=OUTCOMES)
        ask_to_move(mine, email="new@example.org", at=WEDNESDAY)
        post(WEDNESDAY)
        assert link("forget") in client.get(link()).text
        assert "Forget m•••@p•••.org?" in client.get(link("forget")).text
        assert Subscription.objects.active().count() == 2, "opening the page changes nothing"
        assert "Your address is forgotten" in client.post(link("forget"), follow=True).text
        assert client.get(link()).status_code == 404
        assert not Subscription.objects.open().exists()
        assert not AddressChange.objects.waiting().exists()
        assert not Address.objects.filter(email__contains="maren").exists()
        assert not Mail.objects.filter(address=mine.address).exists()
        told = ConsentEvent.objects.filter(address=mine.address, action="ended")
        assert set(told.values_list("stream", "wording_id", "form")) == {
            ("weekly", "forget-1", "weekly:link"),
            (OUTCOMES, "forget-1", "weekly:link"),
        }
        assert suppressed(["maren@practice.example.org"], scope="weekly") == {"maren@practice.example.org"}

    def test_ends_with_a_new_yes(self, client, link, post):
        client.post(link("forget"))
        ask_for_weekly("maren@practice.example.org", at=WEDNESDAY, **WHERE)
        (mail,) = post(WEDNESDAY)
        again = Subscription.objects.get(state="pending")
        confirm_subscription(again, weekday=4, hour=7, at=WEDNESDAY, **WHERE)
        assert "Confirm that you want" in mail.message["Subject"]
        assert suppressed(["maren@practice.example.org"], scope="weekly") == set()

    def test_waits_for_a_mail_that_is_on_its_way(self, client, mine, link, edition):
        run = Run.objects.create(edition=edition, slot=WEDNESDAY, made_at=WEDNESDAY)
        Delivery.objects.create(run=run, edition=edition, subscription=mine, address=mine.address, state="sending")
        assert "on its way to you at this moment" in client.post(link("forget")).text
        assert Subscription.objects.active().exists(), "all of it or nothing"

    def test_is_of_an_account_to_close_it(self, client):
        user = UserFactory(member=True)
        mine = SubscriptionFactory(address=Address.objects.get(account=user))
        token = secret_of(standing_token(mine, CapabilityToken.Scope.PAUSE, at=WEDNESDAY))
        page = reverse("digest:forget", args=[token])
        assert page not in client.get(reverse("digest:manage", args=[token])).text
        assert client.post(page).status_code == 409

    def test_is_not_done_by_the_link_that_only_ends(self, client, mine):
        token = secret_of(standing_token(mine, CapabilityToken.Scope.UNSUBSCRIBE, at=WEDNESDAY))
        assert client.post(reverse("digest:forget", args=[token])).status_code == 404


def test_why_says_when_where_and_to_which_words(client, mine, link):
    leave_weekly(SubscriptionFactory(address=mine.address, stream=OUTCOMES), at=WEDNESDAY, **WHERE)
    client.post(link("leave"))
    client.post(link("back"))
    page = client.get(link("why")).text
    assert "you agreed to it" in page
    assert "the page behind a link in an edition" in page
    assert "Stop the weekly. Nothing more is sent" in page
    assert "practice.example.org" not in page
    rows = list(csv.reader(io.StringIO(b"".join(client.get(link("record")).streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [OUTCOMES, "weekly", "weekly"]
    assert "example.org" not in str(rows)


def test_ones_own_record_is_a_file_on_ones_own_page(client):
    user = UserFactory(member=True)
    client.force_login(user)
    client.post(reverse("digest:mine"), {"weekday": "1", "hour": "8"})
    body = b"".join(client.get(reverse("digest:mine_record")).streaming_content).decode()
    assert "Send me the weekly." in body


def test_opening_any_link_changes_nothing(mine, link):
    change = ask_to_move(mine, email="new@example.org", at=WEDNESDAY)
    pages = [link(), link("why"), link("record"), reverse("digest:move_confirm", args=[move_token(change.pk)])]
    doors = ["leave", "back", "day", "letter", "pause", "leave_all", "move", "move_stay"]
    posts = [*(link(name) for name in doors), *(link(f"other_{name}", OUTCOMES) for name in ("leave", "back", "ask"))]

    def state():
        tables = (Subscription, AddressChange, ConsentEvent, Mail, CapabilityToken, Address)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before, client = state(), Client()
    for page in pages:
        assert client.get(page).status_code == client.head(page).status_code == 200
    for page in posts:
        assert client.get(page).status_code == client.head(page).status_code == 405
    assert state() == before


def mailed(address, at=WEDNESDAY, **headers):
    lines = {"From": "Maren <somebody@else.example.net>", "To": address, "Subject": "unsubscribe", "Message-ID": f"<{address}>"}
    raw = "".join(f"{name}: {value}\r\n" for name, value in (lines | headers).items())
    keep_mail(f"{raw}\r\n".encode(), at=at)
    return take_in_next(at=at).outcome


def test_an_empty_mail_unsubscribes(edition, mine):
    run = Run.objects.create(edition=edition, slot=WEDNESDAY, made_at=WEDNESDAY, state="sending")
    row = Delivery.objects.create(run=run, edition=edition, subscription=mine, address=mine.address)
    make_tokens([(row.pk, mine.pk)], at=WEDNESDAY)
    address = f"leave+{leave_token(row.pk)}@plenary.example.org"
    assert len(address.partition("@")[0]) <= 64
    assert mailed(address.upper().replace("LEAVE", "leave"), **{"Auto-Submitted": "auto-replied"}) == "dropped"
    assert mailed(f"leave+{leave_token(row.pk + 1)}@plenary.example.org") == "unknown"
    assert mailed("leave+nonsense@plenary.example.org") == "unknown"
    assert mailed(f"leave+{leave_token(row.pk)}@Plenary.example.org") == "taken"
    mine.refresh_from_db()
    row.refresh_from_db()
    assert (mine.state, row.state) == ("ended", "suppressed")
    assert ConsentEvent.objects.get().form == "weekly:mailto"


def test_a_stranger_is_asked_three_times_a_day_at_most():
    for hour in range(12):
        ask_for_weekly("victim@example.org", at=WEDNESDAY + timedelta(hours=hour), **WHERE)
    for stream in (OUTCOMES, daily_of(CategoryFactory().pk)):
        ask_for_weekly("victim@example.org", at=WEDNESDAY + timedelta(hours=13), stream=stream, **WHERE)
    assert Mail.objects.filter(address__email="victim@example.org").count() == 3
    assert not Subscription.objects.active().exists()


def test_a_desk_confirms_from_its_mailbox_as_anybody():
    ask_for_weekly("reception@surgery.example.org", at=WEDNESDAY, **WHERE)
    assert Subscription.objects.get().state == "pending"


def test_a_whole_network_of_one_owner_is_one_place(client):
    codes = [
        client.post(
            reverse("digest:subscribe"), {"email": f"a{number}@example.org"}, REMOTE_ADDR=f"2001:db8:1:2::{number:x}"
        ).status_code
        for number in range(22)
    ]
    assert codes == [302] * 20 + [429] * 2


def test_suppression_outlives_the_address(mine):
    email = mine.address.email
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    Address.objects.filter(pk=mine.address_id).update(email="erased-1@erased.invalid")
    assert suppressed([email.upper()], scope="weekly") == {email.upper()}


@pytest.mark.parametrize("act", ["UPDATE mail_consentevent SET form = 'x'", "DELETE FROM mail_consentevent"])
def test_the_ledger_is_not_changed(mine, act):
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_the_ledger_is_not_emptied(mine):
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL plenary.keep_ledger = 'yes'")
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
            cursor.execute("TRUNCATE mail_consentevent")
