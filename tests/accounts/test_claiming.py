import re
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.claiming import (
    AlreadyAMember,
    LinkWornOut,
    admit_by_address,
    ask_for_claim,
    claim_membership,
    line_of_link,
    open_account_by_link,
)
from accounts.actions.inviting import invite_members, send_invitations
from accounts.actions.register import NotNow
from accounts.models import Facts, Membership, RegisterMapping, RegisterRun, RoleGrant, User
from accounts.register.links import make_claim_token
from accounts.standing import standing_of
from common.errors import DomainError
from common.models import AuditEntry
from common.verdicts import Refused
from mail import delivery
from mail.models import Mail
from tests.accounts.factories import UserFactory
from tests.locks import wait_until_somebody_waits_for_a_lock

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "seven quiet harbours"


@pytest.fixture(autouse=True)
def forget_throttles():
    cache.clear()


@pytest.fixture
def line() -> Membership:
    return Membership.objects.create(
        number="M1", email="maren@example.org", name="Maren Ashdowne", nation="wales", joined_at=AT, changed_at=AT
    )


def applied(at=AT) -> RegisterRun:
    mapping = RegisterMapping.objects.create(header_key=str(at.timestamp()), columns={}, made_at=at)
    return RegisterRun.objects.create(
        file_name="r", size=1, header=[], mapping=mapping, state="applied", uploaded_at=at, checked_at=at, approved_at=at, applied_at=at
    )  # fmt: skip


def link_to(line, at=None) -> str:
    return make_claim_token(line.pk, line.email, at=at or timezone.now(), days=14)


def page_of(line, at=None) -> str:
    return reverse("accounts:claim_link", args=[link_to(line, at)])


def standing(user):
    return standing_of(User.objects.get(pk=user.pk))


def test_number_and_address_bring_a_mail_with_a_link_to_an_account(client, line, sink):
    asked = client.post(reverse("accounts:claim"), {"number": " m1 ", "email": "Maren@Example.org"}, follow=True)
    assert "A mail is on its way" in asked.content.decode()
    assert Mail.objects.get().params == {"membership": line.pk}, "no secret lies in a table"
    delivery.deliver("critical", clock=timezone.now)
    (mail,) = sink.to("maren@example.org")
    path = re.search(r"https?://[^/\s]+(/accounts/claim/link/\S+)", mail.text)[1]
    page = client.get(path)
    assert "Maren Ashdowne" in page.content.decode()
    assert "_auth_user_id" not in client.session, "opening a link signs nobody in"
    assert not User.objects.exists()
    short = client.post(path, {"display_name": "Maren Ashdowne", "password": "short"})
    assert "10 characters" in short.content.decode()
    done = client.post(path, {"display_name": "Maren Ashdowne", "password": PASSWORD, "terms": "on"})
    assert done.status_code == 302
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    line.refresh_from_db()
    assert line.user_id == user.pk
    assert standing(user).is_member
    assert Facts.objects.get(user=user).sources["nation"]["source"] == "register"
    assert client.get(path).status_code == 410, "once"
    delivery.deliver("critical", clock=timezone.now)
    assert "membership of the institute was attached" in sink.to("maren@example.org")[-1].text


@pytest.mark.parametrize(
    ("number", "email"), [("M1", "else@example.org"), ("M9", "maren@example.org"), ("M1", "maren@example.org")]
)
def test_the_answer_is_the_same_in_every_case(client, line, number, email):
    response = client.post(reverse("accounts:claim"), {"number": number, "email": email})
    assert (response.status_code, response["Location"]) == (302, reverse("accounts:claim_sent"))


def test_a_link_goes_only_where_a_line_stands_without_an_account(line, sink):
    told = [("M1", "else@example.org"), ("M2", "maren@example.org")]
    for number, email in told:
        ask_for_claim(number=number, email=email, at=AT)
    Membership.objects.update(ended_at=AT)
    ask_for_claim(number="M1", email="maren@example.org", at=AT + timedelta(minutes=2))
    Membership.objects.update(ended_at=None, user=UserFactory(), claimed_at=AT)
    ask_for_claim(number="M1", email="maren@example.org", at=AT + timedelta(minutes=4))
    ask_for_claim(number="M1", email="ünreachable@example.org", at=AT)
    delivery.deliver("critical", clock=timezone.now)
    letters = [*sink.to("else@example.org"), *sink.to("maren@example.org")]
    assert len(letters) == 4
    assert all("do not stand together" in letter.text and "/claim/link/" not in letter.text for letter in letters)


def test_asking_costs_the_same_whether_or_not_there_is_such_a_member(line):
    costs = []
    for number, email in [("M1", "maren@example.org"), ("M9", "else@example.org")]:
        with CaptureQueriesContext(connection) as captured:
            ask_for_claim(number=number, email=email, at=AT)
        costs.append([query["sql"].split(" ", 1)[0] for query in captured])
    assert costs[0] == costs[1]


def test_a_queued_claim_is_dropped_when_the_line_is_claimed_meanwhile(line, sink):
    ask_for_claim(number="M1", email="maren@example.org", at=AT)
    Membership.objects.update(user=UserFactory(), claimed_at=AT)
    delivery.deliver("critical", clock=timezone.now)
    assert sink.to("maren@example.org") == []
    assert Mail.objects.get().state == "cancelled"


def test_asking_too_often_is_slowed_down(client, line):
    answers = [client.post(reverse("accounts:claim"), {"number": "M1", "email": "x@example.org"}).status_code for _ in range(7)]
    assert answers[0] == 302
    assert answers[-1] == 429


def in_the_way(doing, *, lock, then):
    """Starts `doing` while this transaction holds what `lock` takes; once it waits, `then`. Returns what it raised."""
    raised = []

    def run():
        try:
            doing()
        except (DatabaseError, DomainError) as problem:
            raised.append(problem)
        finally:
            connection.close()

    thread = Thread(target=run)
    with transaction.atomic():
        lock()
        thread.start()
        wait_until_somebody_waits_for_a_lock()
        then()
    thread.join()
    return raised


def test_a_claim_waits_for_a_register_that_is_being_applied_and_neither_fails(line):
    user = UserFactory(member=True)
    raised = in_the_way(
        lambda: claim_membership(link_to(line), by=user, at=timezone.now()),
        lock=lambda: Membership.objects.update(changed_at=AT),
        then=lambda: User.objects.filter(pk=user.pk).update(card_version=7),
    )
    assert raised == []
    line.refresh_from_db()
    assert line.user_id == user.pk


def test_a_claim_that_waited_finds_the_address_changed(line):
    user, link = UserFactory(member=True), link_to(line)
    (problem,) = in_the_way(
        lambda: claim_membership(link, by=user, at=timezone.now()),
        lock=lambda: Membership.objects.update(email="new@example.org"),
        then=lambda: None,
    )
    assert isinstance(problem, LinkWornOut)


def test_the_form_of_a_link_sent_twice_at_once_opens_one_account_and_says_so(line):
    link = link_to(line)

    def open_it():
        open_account_by_link(link, display_name="Maren", password=PASSWORD, at=timezone.now())

    (problem,) = in_the_way(open_it, lock=open_it, then=lambda: None)
    assert isinstance(problem, LinkWornOut)
    assert User.objects.count() == 1


def test_nobody_floods_a_stranger_s_mailbox_by_trying_numbers(client):
    asked = [
        client.post(reverse("accounts:claim"), {"number": f"M{number}", "email": f" {'x' if number % 2 else 'X'}@example.org"})
        for number in range(7)
    ]
    assert [answer.status_code for answer in asked] == [302] * 5 + [429] * 2


def test_a_link_is_good_for_a_time_for_one_line_with_that_address(line):
    assert line_of_link(link_to(line, AT), at=AT + timedelta(days=13)) == line
    with pytest.raises(LinkWornOut):
        line_of_link(link_to(line, AT), at=AT + timedelta(days=15))
    for wrong in ("", "nonsense", link_to(line, AT) + "x", link_to(line, AT)[1:]):
        with pytest.raises(LinkWornOut):
            line_of_link(wrong, at=AT)
    old = link_to(line, AT)
    Membership.objects.update(email="new@example.org")
    with pytest.raises(LinkWornOut):
        line_of_link(old, at=AT)


def test_signed_in_a_button_attaches_it_to_this_account(client, line):
    user = UserFactory(email="private@example.org")
    client.force_login(user)
    page = client.get(page_of(line))
    assert "private@example.org" in page.content.decode()
    assert not Membership.objects.filter(user=user).exists()
    assert client.post(page_of(line)).status_code == 302
    assert Membership.objects.get(user=user).number == "M1"
    assert standing(user).is_member
    assert AuditEntry.objects.filter(verb="membership.claim").count() == 1
    assert Mail.objects.get(kind="accounts.account_changed").address.email == "private@example.org"


def test_one_account_has_one_membership(client, line):
    user = UserFactory()
    Membership.objects.create(number="M2", user=user, claimed_at=AT, joined_at=AT, changed_at=AT)
    client.force_login(user)
    assert "has a membership already" in client.post(page_of(line)).content.decode()
    with pytest.raises(AlreadyAMember):
        claim_membership(link_to(line), by=user, at=timezone.now())


def test_an_address_with_an_account_is_asked_to_sign_in(client, line):
    UserFactory(email="maren@example.org")
    page = client.get(page_of(line)).content.decode()
    assert "You have an account already" in page
    assert "?next=/accounts/claim/link/" in page
    assert client.post(page_of(line), {"display_name": "X", "password": PASSWORD, "terms": "on"}).status_code == 200
    assert User.objects.count() == 1


def test_nobody_suspended_claims(line):
    user = UserFactory()
    user.sanctions.create(
        kind="suspension", reason="x", imposed_at=AT, imposed_by=UserFactory(), ends_at=datetime(2199, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(Refused):
        claim_membership(link_to(line), by=User.objects.get(pk=user.pk), at=timezone.now())


def test_one_link_followed_by_two_at_once_is_claimed_once(line):
    token, users, outcomes = link_to(line), [UserFactory(), UserFactory()], []

    def follow(user):
        try:
            claim_membership(token, by=user, at=timezone.now())
            outcomes.append("claimed")
        except LinkWornOut:
            outcomes.append("worn out")
        finally:
            connection.close()

    threads = [Thread(target=follow, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claimed", "worn out"]


def test_before_a_register_whoever_confirms_is_a_member_and_after_it_only_who_stands_in_it(line, settings):
    early = UserFactory(email="early@example.org")
    admit_by_address(early, email=early.email, at=AT)
    assert standing(early).is_member
    applied()
    stranger, maren = UserFactory(email="stranger@example.org"), UserFactory(email="maren@example.org")
    for user in (stranger, maren):
        admit_by_address(user, email=user.email, at=AT)
    assert not standing(stranger).is_member
    assert standing(maren).is_member
    assert Membership.objects.get().user_id == maren.pk


def test_sign_up_by_page_follows_the_register(client, line, sink):
    applied()
    client.post(
        reverse("account_signup"), {"display_name": "Maren", "email": "maren@example.org", "password1": PASSWORD, "terms": "on"}
    )
    delivery.deliver("critical", clock=timezone.now)
    path = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", sink.to("maren@example.org")[0].text)[1]
    client.post(path)
    assert RoleGrant.objects.filter(user__email="maren@example.org", role="member").exists()
    assert Membership.objects.get().user.email == "maren@example.org"


def test_whoever_has_no_account_is_invited_once(sink, line):
    keeper, run = UserFactory(administrator=True), applied()
    other = {"joined_at": AT, "changed_at": AT}
    Membership.objects.create(number="M2", email="two@example.org", user=UserFactory(), claimed_at=AT, **other)
    Membership.objects.create(number="M3", email="three@example.org", ended_at=AT, **other)
    Membership.objects.create(number="M4", email="", **other)
    Membership.objects.create(number="M5", email="maren@example.org", **other)
    assert send_invitations(at=AT) == 0, "nobody asked for them"
    assert invite_members(run, by=keeper, at=AT) == 2
    assert send_invitations(at=AT) == 2
    assert send_invitations(at=AT) == 0
    delivery.deliver("notify", clock=timezone.now)
    first, second = sink.to("maren@example.org")
    assert "/accounts/claim/link/" in first.text
    assert first.text != second.text, "a link each, also where two share a mailbox"
    newer = applied(AT + timedelta(days=1))
    with pytest.raises(NotNow):
        invite_members(run, by=keeper, at=AT)
    assert invite_members(newer, by=keeper, at=AT) == 0
    with pytest.raises(Refused):
        invite_members(newer, by=UserFactory(director=True), at=AT)


def test_the_account_names_the_last_paid_day_not_the_midnight_after_it(client, line):
    member = UserFactory(member=True)
    Membership.objects.filter(pk=line.pk).update(
        user=member, claimed_at=AT, ends_at=datetime(2028, 1, 1, tzinfo=UTC)
    )  # fmt: skip
    client.force_login(member)
    assert 'until <time datetime="2027-12-31T23:59:59Z">31 December 2027</time>' in client.get("/accounts/").content.decode()
