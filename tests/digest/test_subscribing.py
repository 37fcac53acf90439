import re
from datetime import UTC, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from digest.actions.choices import change_day, pause_weekly
from digest.actions.moving import ask_to_move, follow_address
from digest.actions.subscriptions import (
    AddressNotConfirmed,
    TooLateToUndo,
    ask_for_weekly,
    confirm_subscription,
    disown_request,
    leave_weekly,
    subscribe_member,
    undo_leaving,
)
from digest.actions.unanswered import end_unconfirmed, forget_strangers
from digest.models import CapabilityToken, Delivery, Subscription
from digest.tokens import find_token, secret_of
from mail import addresses
from mail.bounces import note_trouble
from mail.models import Address, ConsentEvent, Mail
from mail.suppressions import suppress, suppressed
from tests.accounts.factories import UserFactory
from tests.digest.factories import MONDAY, WEDNESDAY, AddressFactory, EditionFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
WHERE = {"form": "test", "ip": "192.0.2.0"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def ask(email="maren@example.org", at=WEDNESDAY):
    ask_for_weekly(email, at=at, **WHERE)
    return Subscription.objects.get(address__email=email.lower(), ended_at=None)


def confirm(mine, at=WEDNESDAY, weekday=4, hour=7):
    return confirm_subscription(mine, weekday=weekday, hour=hour, at=at, **WHERE)


def link(received):
    return re.search(r"http\S+/weekly/\S+", received.text)[0].removeprefix("http://127.0.0.1:8000")


def test_a_stranger_subscribes_with_nothing_but_an_address(client, post):
    with time_machine.travel(WEDNESDAY, tick=False):
        response = client.post(reverse("digest:subscribe"), {"email": "Maren@Example.org"}, follow=True)
        assert "Look in your mailbox" in response.text
        assert "You gave Maren@Example.org" in response.text, "a slip of the finger is seen"
        (mail,) = post(WEDNESDAY)
        page = link(mail)
        assert "m•••@e•••.org" in client.get(page).text
        assert Subscription.objects.get().state == "pending", "opening the page changes nothing"
        assert "You get the weekly" in client.post(page, {"weekday": "3", "hour": "9"}, follow=True).text
    mine = Subscription.objects.get()
    assert (mine.state, mine.weekday, mine.local_hour) == ("active", 3, 9)
    proof = ConsentEvent.objects.order_by("pk").values_list("action", "form", "wording_id", "ip_trunc")
    assert list(proof) == [
        ("asked", "weekly:front", "form-1", "127.0.0.0"),
        ("confirmed", "weekly:confirm", "confirm-1", "127.0.0.0"),
    ]
    assert mine.address.state == "verified"


def test_the_page_says_the_same_for_an_address_that_is_known(client, post):
    known, bodies = SubscriptionFactory().address.email, []
    for email in (known, "stranger@example.org"):
        response = client.post(reverse("digest:subscribe"), {"email": email})
        page = client.get(response.headers["Location"]).text
        bodies.append((response.status_code, response.headers["Location"], page.replace(email, "(what they typed)")))
    assert bodies[0] == bodies[1]
    subjects = {mail.recipient: mail.message["Subject"] for mail in post(WEDNESDAY.replace(year=2030))}
    assert subjects == {
        known: "You have Plenary Weekly already",
        "stranger@example.org": "Confirm that you want Plenary Weekly",
    }
    assert Subscription.objects.count() == 2


def test_whoever_asks_again_in_a_break_of_their_own_is_told_of_it(post):
    mine = SubscriptionFactory(address__email="maren@example.org")
    pause_weekly(mine, weeks=8, at=WEDNESDAY)
    ask_for_weekly("maren@example.org", at=WEDNESDAY, **WHERE)
    (mail,) = post(WEDNESDAY)
    for words in (mail.text, mail.html):
        assert "pauses until 13 January 2027" in " ".join(words.split())
        assert "goes on as before" not in words


def test_asked_twice_is_one_subscription_and_one_mail():
    ask()
    ask("MAREN@example.org")
    assert (Subscription.objects.count(), Mail.objects.count(), ConsentEvent.objects.count()) == (1, 1, 1)


def test_confirmed_twice_is_confirmed_once():
    mine = confirm(ask())
    again = confirm(mine, at=WEDNESDAY + timedelta(days=1), weekday=0)
    assert (again.weekday, again.confirmed_at) == (4, WEDNESDAY)
    assert ConsentEvent.objects.filter(action="confirmed").count() == 1


def test_a_confirmation_link_ends_after_seven_days():
    mine = ask()
    secret = secret_of(CapabilityToken.objects.get(subscription=mine))
    assert find_token(secret, scopes=["confirm"], at=WEDNESDAY + timedelta(days=6)) is not None
    assert find_token(secret, scopes=["confirm"], at=WEDNESDAY + timedelta(days=8)) is None
    assert find_token(secret, scopes=["pause", "unsubscribe"], at=WEDNESDAY) is None
    assert find_token("no-such-thing", scopes=["confirm"], at=WEDNESDAY) is None
    assert find_token("é", scopes=["confirm"], at=WEDNESDAY) is None


def test_a_secret_lies_in_no_table():
    mine = ask()
    token = CapabilityToken.objects.get(subscription=mine)
    secret = secret_of(token)
    assert len(secret) == 22
    kept = f"{bytes(token.digest)!r} {Mail.objects.values().get()} {CapabilityToken.objects.values().get()}"
    assert secret not in kept


def test_the_form_is_held_back_in_plain_words(client):
    for number in range(20):
        assert client.post(reverse("digest:subscribe"), {"email": f"a{number}@example.org"}).status_code == 302
    response = client.post(reverse("digest:subscribe"), {"email": "b@example.org"})
    assert response.status_code == 429
    assert "too often from where you are" in response.text
    assert not Address.objects.filter(email="b@example.org").exists()


def test_one_address_is_not_flooded(client):
    codes = [
        client.post(reverse("digest:subscribe"), {"email": "a@example.org"}, REMOTE_ADDR=f"192.0.2.{number}").status_code
        for number in range(6)
    ]
    assert codes == [302, 302, 302, 302, 429, 429]
    assert Mail.objects.count() == 1


def test_whoever_goes_back_to_where_the_form_went_finds_the_form(client):
    assert client.get(reverse("digest:subscribe"))["Location"] == reverse("digest:weekly")


@pytest.mark.parametrize(
    "email", ["maren at example", "root@localhost", "maren@example", "maren@example..org", "maren@[10.0.0.1]"]
)
def test_what_is_no_address_is_told_beside_the_field(client, email):
    response = client.post(reverse("digest:subscribe"), {"email": email})
    assert "ne like name@example.org." in response.text or "Enter an address like name@example.org." in response.text
    assert not Address.objects.exists()


def test_who_confirms_while_an_edition_is_out_is_due_at_once():
    EditionFactory.reset_sequence(0, force=True)
    EditionFactory()
    assert confirm(ask()).next_due_at == WEDNESDAY


def test_who_confirms_before_there_is_an_edition_waits_for_the_first():
    assert confirm(ask(), weekday=4, hour=7).next_due_at == (MONDAY + timedelta(days=11)).replace(hour=7)


def test_an_account_subscribes_in_one_step():
    user = UserFactory(member=True)
    mine = subscribe_member(user, weekday=1, hour=8, categories=[3, 2, 3], at=WEDNESDAY, **WHERE)
    assert (mine.state, mine.categories, mine.address.account_id) == ("active", [2, 3], user.pk)
    assert ConsentEvent.objects.get().by == user.pk
    again = subscribe_member(user, weekday=2, hour=8, categories=[], at=WEDNESDAY, **WHERE)
    assert (again.pk, again.weekday, again.categories) == (mine.pk, 2, [])
    assert ConsentEvent.objects.count() == 1


def test_an_account_completes_what_its_address_began_without_one():
    user = UserFactory(email="maren@example.org", member=True)
    pending = ask()
    assert subscribe_member(user, weekday=1, hour=8, categories=[], at=WEDNESDAY, **WHERE).pk == pending.pk


def test_an_account_without_a_proved_address_is_refused():
    user = UserFactory(member=True)
    Address.objects.filter(account=user).update(account=None)
    with pytest.raises(AddressNotConfirmed, match="Confirm the address"):
        subscribe_member(user, weekday=1, hour=8, categories=[], at=WEDNESDAY, **WHERE)


def test_leaving_keeps_proof_and_suppresses():
    mine = SubscriptionFactory()
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    leave_weekly(mine, at=WEDNESDAY + timedelta(hours=1), **WHERE)
    mine.refresh_from_db()
    assert (mine.state, mine.ended_at, mine.ended_reason) == ("ended", WEDNESDAY, "asked")
    assert ConsentEvent.objects.get().action == "ended"
    assert suppressed([mine.address.email], scope="weekly") == {mine.address.email}


def test_leaving_is_undone_within_a_day_and_not_later():
    mine = SubscriptionFactory()
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    assert undo_leaving(mine, at=WEDNESDAY + timedelta(hours=23), **WHERE).state == "active"
    assert suppressed([mine.address.email], scope="weekly") == set()
    assert undo_leaving(mine, at=WEDNESDAY + timedelta(hours=23), **WHERE).state == "active"
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    with pytest.raises(TooLateToUndo):
        undo_leaving(mine, at=WEDNESDAY + timedelta(hours=25), **WHERE)


def test_a_link_cannot_bring_back_who_never_confirmed():
    mine = SubscriptionFactory(pending=True)
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    with pytest.raises(TooLateToUndo):
        undo_leaving(mine, at=WEDNESDAY, **WHERE)


def test_who_left_may_come_back_by_confirming_anew():
    mine = confirm(ask())
    leave_weekly(mine, at=WEDNESDAY, **WHERE)
    again = confirm(ask(at=WEDNESDAY + timedelta(days=2)), at=WEDNESDAY + timedelta(days=2))
    assert again.pk != mine.pk
    assert suppressed(["maren@example.org"], scope="weekly") == set()


def test_another_day_neither_loses_nor_doubles_this_weeks_edition(edition):
    mine = SubscriptionFactory(weekday=4, local_hour=7, next_due_at=MONDAY + timedelta(days=4, hours=1))
    moved = change_day(mine, weekday=5, hour=9, at=WEDNESDAY)
    assert moved.next_due_at == (MONDAY + timedelta(days=5)).replace(hour=9)
    moved = change_day(mine, weekday=0, hour=9, at=WEDNESDAY + timedelta(seconds=5))
    assert moved.next_due_at == WEDNESDAY + timedelta(minutes=1), "Monday is over: this week's goes out now"
    run = edition.runs.create(slot=WEDNESDAY, made_at=WEDNESDAY)
    Delivery.objects.create(run=run, edition=edition, subscription=mine, address=mine.address)
    moved = change_day(mine, weekday=6, hour=9, at=WEDNESDAY)
    assert moved.next_due_at == (MONDAY + timedelta(days=13)).replace(hour=9), "had this week's already"


def test_a_pause_ends_by_itself_or_by_hand():
    mine = pause_weekly(SubscriptionFactory(), weeks=2, at=WEDNESDAY)
    assert mine.is_paused_at(WEDNESDAY + timedelta(days=13))
    assert not mine.is_paused_at(WEDNESDAY + timedelta(days=15))
    assert not pause_weekly(mine, weeks=0, at=WEDNESDAY).is_paused_at(WEDNESDAY)


def test_the_weekly_follows_an_account_to_its_new_address():
    user = UserFactory(email="old@example.org", member=True)
    mine = subscribe_member(user, weekday=1, hour=8, categories=[], at=WEDNESDAY, **WHERE)
    addresses.attach(user, email="new@example.org", at=WEDNESDAY)
    mine.refresh_from_db()
    assert (mine.address.email, mine.state) == ("new@example.org", "active")
    told = list(ConsentEvent.objects.order_by("pk").values_list("address__email", "action"))
    assert told == [("old@example.org", "confirmed"), ("old@example.org", "ended"), ("new@example.org", "confirmed")]


def test_two_weeklies_become_one_when_an_address_moves():
    old, new = SubscriptionFactory(), SubscriptionFactory()
    follow_address(old.address, new.address, at=WEDNESDAY)
    assert list(Subscription.objects.active().values_list("pk", flat=True)) == [new.pk]


def test_a_subscription_that_waits_for_confirmation_gives_way_to_the_accounts():
    old, new = SubscriptionFactory(), SubscriptionFactory(pending=True)
    follow_address(old.address, new.address, at=WEDNESDAY)
    assert list(Subscription.objects.open().values_list("pk", "address")) == [(old.pk, new.address_id)]


def test_an_address_without_a_weekly_moves_without_a_trace():
    follow_address(AddressFactory(), AddressFactory(), at=WEDNESDAY)
    assert not ConsentEvent.objects.exists()


def test_an_address_that_must_not_be_written_to_gets_no_confirmation(post):
    suppress("maren@example.org", scope="all", reason="complaint", at=WEDNESDAY)
    ask()
    assert post(WEDNESDAY) == []


class TestAnAddressThatMailCameBackFrom:
    """Without an account its owner has the form alone to say that the mailbox works."""

    EMAIL = "maren@example.org"

    def came_back(self, at, *, what="hard"):
        note_trouble(addresses.address_for(self.EMAIL, at=at), what=what, event_id=f"m.{at}", code="5.1.1", at=at)

    def test_is_tried_by_one_mail_and_written_to_again_once_its_link_is_followed(self, post):
        before = confirm(ask(at=MONDAY - timedelta(days=9)), at=MONDAY - timedelta(days=9))
        self.came_back(MONDAY)
        before.refresh_from_db()
        assert before.state == "ended"
        mine = ask()
        assert mine.pk != before.pk
        (mail,) = post(WEDNESDAY)
        assert "confirm" in mail.text.lower()
        assert suppressed([self.EMAIL], scope="all"), "until the link is followed"
        confirm(mine)
        assert not suppressed([self.EMAIL], scope="weekly")
        assert Address.objects.get().state == "verified"

    def test_a_full_mailbox_ends_the_weekly_only_when_its_owner_asks_again(self, post):
        before = confirm(ask(at=MONDAY - timedelta(days=9)), at=MONDAY - timedelta(days=9))
        suppress(self.EMAIL, scope="all", reason="soft_bounce", at=MONDAY)
        mine = ask()
        before.refresh_from_db()
        assert (before.state, before.ended_reason, mine.state) == ("ended", "mail came back", "pending")
        assert len(post(WEDNESDAY)) == 1

    def test_is_tried_once_a_day(self, post):
        self.came_back(WEDNESDAY - timedelta(hours=23))
        ask()
        assert post(WEDNESDAY) == []

    @pytest.mark.parametrize("reason", ["complaint", "asked", "by_hand"])
    def test_but_a_wish_for_no_mail_stays_a_wish(self, post, reason):
        suppress(self.EMAIL, scope="all", reason=reason, at=MONDAY)
        mine = ask()
        assert post(WEDNESDAY) == []
        confirm(mine)
        assert suppressed([self.EMAIL], scope="all")

    def test_the_page_says_so_where_one_would_sign_up(self, client):
        assert "Did mail to you come back" in client.get(reverse("digest:weekly")).text


def test_the_confirmation_is_dropped_when_nothing_is_left_to_confirm(post):
    confirm(ask())
    assert post(WEDNESDAY) == []
    assert WEDNESDAY.tzinfo is UTC
    assert Mail.objects.get().state == "cancelled"


def test_whoever_never_confirms_is_forgotten():
    """The link is good for a week; a month later we do not know the address any more."""
    ask("stranger@example.org")
    ask("slow@example.org")
    ask("slow@example.org", at=WEDNESDAY + timedelta(days=5))
    proved = ask("proved@example.org")
    confirm(proved)
    assert end_unconfirmed(at=WEDNESDAY + timedelta(days=8)) == 1
    assert Subscription.objects.get(address__email="stranger@example.org").ended_reason == "not confirmed"
    assert end_unconfirmed(at=WEDNESDAY + timedelta(days=13)) == 1
    assert forget_strangers(at=WEDNESDAY + timedelta(days=37)) == 0
    assert forget_strangers(at=WEDNESDAY + timedelta(days=39)) == 1
    assert set(Address.objects.exclude(erased_at=None).values_list("state", flat=True)) == {"dead"}
    assert not Mail.objects.filter(key__contains=str(Subscription.objects.get(address__erased_at__isnull=False).pk)).exists()
    assert set(Address.objects.filter(erased_at=None).values_list("email", flat=True)) == {
        "slow@example.org",
        "proved@example.org",
    }
    assert ask("stranger@example.org", at=WEDNESDAY + timedelta(days=40)).state == "pending", "they may ask again"


def test_an_address_that_something_else_knows_is_not_forgotten():
    for email in ("invited", "moving", "member"):
        ask(f"{email}@example.org")
    Mail.objects.create(
        address=Address.objects.get(email="invited@example.org"),
        kind="accounts.claim",
        key="x",
        lane="critical",
        created_at=WEDNESDAY,
    )
    ask_to_move(SubscriptionFactory(), email="moving@example.org", at=WEDNESDAY + timedelta(days=20))
    user = UserFactory()
    Address.objects.filter(account=user).update(account=None)
    Address.objects.filter(email="member@example.org").update(account=user)
    end_unconfirmed(at=WEDNESDAY + timedelta(days=8))
    assert forget_strangers(at=WEDNESDAY + timedelta(days=45)) == 0


def test_it_was_not_me_ends_what_waits_and_keeps_the_address_from_being_asked(client, post):
    with time_machine.travel(WEDNESDAY, tick=False):
        mine = ask()
        (mail,) = post(WEDNESDAY)
        page = re.search(r"http\S+(/weekly/confirm/\S+/not-me/)", mail.text)[1]
        assert "Was it not you" in client.get(page).text
        assert Subscription.objects.get().state == "pending", "opening the page changes nothing"
        assert "nothing is sent" in client.post(page, follow=True).text
        assert ConsentEvent.objects.latest("pk").wording_id == "not-me-1"
        ask_for_weekly("Maren@Example.org", at=WEDNESDAY + timedelta(hours=2), stream="outcomes", **WHERE)
        assert (Subscription.objects.count(), Mail.objects.count()) == (1, 1)
        assert "have left" in client.post(link(mail), {"weekday": "3", "hour": "9"}, follow=True).text, "nor is it confirmed"
        client.post(page.replace("not-me", "after-all"))
        mine.refresh_from_db()
        assert mine.state == "pending"
        assert "You get the weekly" in client.post(link(mail), {"weekday": "3", "hour": "9"}, follow=True).text
        assert "said yes" in client.get(page).text
        client.post(page)
        mine.refresh_from_db()
        assert mine.state == "active", "what was confirmed is ended by its own links"


def test_after_some_days_it_can_be_asked_again():
    disown_request(ask(), at=WEDNESDAY, **WHERE)
    ask_for_weekly("maren@example.org", at=WEDNESDAY + timedelta(days=29), **WHERE)
    assert not Subscription.objects.open().exists()
    ask_for_weekly("maren@example.org", at=WEDNESDAY + timedelta(days=31), **WHERE)
    assert Subscription.objects.open().count() == 1


@pytest.mark.parametrize("spelling", ["M.aren@gmail.com", "maren+plenary@googlemail.com", "MAREN@GMAIL.COM"])
def test_another_spelling_of_a_mailbox_is_the_one_that_is_known(spelling):
    known = SubscriptionFactory(address__email="maren@gmail.com")
    ask_for_weekly(spelling, at=WEDNESDAY, **WHERE)
    assert list(Subscription.objects.open()) == [known]
    assert Mail.objects.get().kind == "digest.already"


def test_where_dots_mean_something_they_are_two_mailboxes():
    SubscriptionFactory(address__email="maren@example.org")
    ask_for_weekly("m.aren@example.org", at=WEDNESDAY, **WHERE)
    assert Subscription.objects.open().count() == 2


def test_an_account_takes_over_what_its_mailbox_gets_under_another_spelling():
    twin = SubscriptionFactory(address__email="m.aren@gmail.com")
    user = UserFactory(email="maren@gmail.com", member=True)
    mine = subscribe_member(user, weekday=2, hour=7, categories=[], at=WEDNESDAY, **WHERE)
    twin.refresh_from_db()
    assert (twin.state, twin.ended_reason) == ("ended", "the same mailbox has it")
    assert list(Subscription.objects.open()) == [mine]


def test_a_suppressed_mailbox_is_suppressed_in_every_spelling():
    suppress("m.aren@gmail.com", scope="weekly", reason="asked", at=WEDNESDAY)
    told = ["maren@gmail.com", "mar.en+x@googlemail.com", "m.aren@example.org"]
    assert suppressed(told, scope="weekly") == set(told[:2])
