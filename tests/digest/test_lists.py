"""An existing list of subscribers comes in, with a basis for each; and what is known goes out, for officers."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.cells import harmless
from common.models import AuditEntry
from common.verdicts import Refused
from digest.actions.bringing import (
    NotNow,
    TooLateToTakeBack,
    bring_list_in,
    check_list,
    drop_list,
    forget_old_lists,
    take_list_back,
)
from digest.actions.subscriptions import disown_request
from digest.arriving import MOST_LINES, NotAList
from digest.models import Delivery, ListLine, Run, SubscriberList, Subscription
from mail.mailboxes import is_role, mailbox_of
from mail.models import Address, ConsentEvent
from mail.suppressions import suppress
from tests.accounts.factories import UserFactory
from tests.digest.factories import WEDNESDAY, AddressFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
HEAD = "Email,Basis,Date,Source\n"
LIST = (
    HEAD
    + """Ada@One.example.org,consent,2025-03-31,Spring conference
ada@one.example.org,consent,2025-03-31,Spring conference
b.e.a@gmail.com,soft,2025-03-31,Form
b.e.a@gmail.com,commercial soft opt-in,31/03/2025,Membership form
bea+plenary@googlemail.com,consent,2025-03-31,Form
info@two.example.org,consent,2025-03-31,Form
known@example.org,consent,2025-03-31,Form
left@example.org,consent,2025-03-31,Form
not an address,consent,2025-03-31,Form
cy@example.org,consent,,
dee@example.org,consent,2099-01-01,Form
"""
)


@pytest.fixture
def officer():
    return UserFactory(director=True)


@pytest.fixture
def check(officer):
    def go(text=LIST, at=WEDNESDAY):
        return check_list([text.encode()], file_name="old list.csv", stream="weekly", by=officer, at=at)

    return go


@pytest.fixture
def known():
    suppress("left@example.org", scope="weekly", reason="asked", at=WEDNESDAY)
    return SubscriptionFactory(address__email="known@example.org", weekday=1)


def outcomes(found):
    return dict(ListLine.objects.filter(list=found).values_list("line", "outcome"))


def test_a_dry_run_says_what_would_come_of_each_line(check, known):
    found = check()
    assert outcomes(found) == {
        2: "new",
        3: "twice",
        4: "fault",
        5: "new",
        6: "twice",
        7: "role",
        8: "known",
        9: "suppressed",
        10: "fault",
        11: "fault",
        12: "fault",
    }
    assert found.counts == {"new": 2, "role": 1, "known": 1, "suppressed": 1, "twice": 2, "fault": 4}
    assert "as a date like" in ListLine.objects.get(line=11).told
    assert Subscription.objects.count() == 1, "nobody subscribes by looking"
    assert Address.objects.count() == AddressFactory._meta.model.objects.count()


def test_who_is_brought_in_has_a_basis_and_where_it_was_given(check, known, officer):
    done = bring_list_in(check(), with_desks=False, by=officer, at=WEDNESDAY)
    assert done.counts["subscribed"] == 2
    ada = Subscription.objects.get(address__email="ada@one.example.org")
    assert (ada.state, ada.basis, ada.brought_by, ada.next_due_at.isoweekday()) == ("active", "consent", done, 5)
    proof = ConsentEvent.objects.get(address=ada.address)
    assert (proof.given_on, proof.source, proof.wording_id, proof.by) == (
        date(2025, 3, 31),
        "Spring conference",
        "brought-1",
        officer.pk,
    )
    assert Subscription.objects.get(address__email="b.e.a@gmail.com").basis == "commercial_soft_opt_in"
    known.refresh_from_db()
    assert (known.weekday, known.basis, known.brought_by) == (1, "consent", None), "stays as it was"
    assert not Address.objects.filter(email__in=["info@two.example.org", "left@example.org"]).exists()
    assert not ListLine.objects.exists(), "what it said of people is deleted"
    assert list(AuditEntry.objects.filter(verb__startswith="list.").order_by("pk").values_list("verb", flat=True)) == [
        "list.check",
        "list.bring_in",
    ]


def test_who_left_since_the_dry_run_is_not_brought_back(check, officer):
    found = check(HEAD + "ada@one.example.org,consent,2025-03-31,Form\ninfo@two.example.org,consent,2025-03-31,Form\n")
    suppress("ada@one.example.org", scope="all", reason="complaint", at=WEDNESDAY)
    assert bring_list_in(found, with_desks=True, by=officer, at=WEDNESDAY).counts["subscribed"] == 1
    assert Subscription.objects.get().address.email == "info@two.example.org"


def test_who_never_confirmed_is_brought_in_and_who_said_that_it_was_not_they_is_not(check, officer):
    asked = SubscriptionFactory(pending=True, address__email="asked@example.org")
    disowned = SubscriptionFactory(pending=True, address__email="no.tme@gmail.com")
    disown_request(disowned, form="weekly:confirm", ip="", at=WEDNESDAY)
    found = check(HEAD + "asked@example.org,consent,2025-03-31,Form\nnot.me@gmail.com,consent,2025-03-31,Form\n")
    assert outcomes(found) == {2: "new", 3: "suppressed"}
    again = check(HEAD + "not.me@gmail.com,consent,2025-03-31,Form\n", at=WEDNESDAY + timedelta(days=31))
    assert outcomes(again) == {2: "new"}, "in the end the list is believed"
    bring_list_in(found, with_desks=False, by=officer, at=WEDNESDAY)
    asked.refresh_from_db()
    assert (asked.state, Subscription.objects.active().get().address) == ("ended", asked.address)


def test_who_said_meanwhile_that_it_was_not_they_is_not_brought_in(check, officer):
    found = check(HEAD + "asked@example.org,consent,2025-03-31,Form\n")
    pending = SubscriptionFactory(pending=True, address__email="asked@example.org")
    disown_request(pending, form="weekly:confirm", ip="", at=WEDNESDAY)
    assert bring_list_in(found, with_desks=False, by=officer, at=WEDNESDAY).counts["subscribed"] == 0


def test_a_list_is_taken_back_until_the_first_edition_went(check, officer, edition):
    text = HEAD + "ada@one.example.org,consent,2025-03-31,Form\nbea@one.example.org,consent,2025-03-31,Form\n"
    done = bring_list_in(check(text), with_desks=False, by=officer, at=WEDNESDAY)
    assert take_list_back(done, by=officer, at=WEDNESDAY) == 2
    assert not Subscription.objects.open().exists()
    with pytest.raises(NotNow):
        take_list_back(done, by=officer, at=WEDNESDAY)
    again = bring_list_in(check(text), with_desks=False, by=officer, at=WEDNESDAY)
    mine = Subscription.objects.active().first()
    run = Run.objects.create(edition=edition, slot=WEDNESDAY, made_at=WEDNESDAY)
    Delivery.objects.create(run=run, edition=edition, subscription=mine, address=mine.address)
    with pytest.raises(TooLateToTakeBack):
        take_list_back(again, by=officer, at=WEDNESDAY)


def test_a_list_that_is_not_wanted_leaves_nothing(check, officer):
    drop_list(check(), by=officer, at=WEDNESDAY)
    check()
    assert forget_old_lists(at=WEDNESDAY + timedelta(days=31)) == 11
    assert forget_old_lists(at=WEDNESDAY + timedelta(days=31)) == 0
    assert set(SubscriberList.objects.values_list("state", flat=True)) == {"dropped"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("name,town\nA,B\n", "Missing: email, basis"),
        (HEAD, "no line below"),
        ("PK\x03\x04", "Excel"),
        (HEAD + "a@example.org,consent,2025-01-01,x\n" * (MOST_LINES + 1), "more than 20,000 lines"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(check, text, said):
    with pytest.raises(NotAList, match=said):
        check(text)
    assert not SubscriberList.objects.exists()


def test_lists_are_for_officers(check, client):
    other = UserFactory(organiser=True)
    with pytest.raises(Refused):
        check_list([LIST.encode()], file_name="x.csv", stream="weekly", by=other, at=WEDNESDAY)
    with pytest.raises(Refused):
        bring_list_in(check(), with_desks=False, by=other, at=WEDNESDAY)
    client.force_login(other)
    assert client.get(reverse("digest:lists")).status_code == 403
    assert client.post(reverse("digest:list_subscribers")).status_code == 403


def test_an_officer_brings_a_list_in_by_the_pages(client, officer, known):
    client.force_login(officer)
    assert "Lists of subscribers" in client.get("/").text
    with time_machine.travel(WEDNESDAY, tick=False):
        nothing = client.post(reverse("digest:lists"), {"stream": "weekly", "file": SimpleUploadedFile("x.csv", b"")})
        assert "This file is empty." in nothing.text
        file = SimpleUploadedFile("old.csv", LIST.encode())
        page = client.post(reverse("digest:lists"), {"stream": "weekly", "file": file}, follow=True)
        assert "Would subscribe: 2" in page.text
        assert "This is no address that can be written to." in page.text
        pk = SubscriberList.objects.get().pk
        refused = client.post(reverse("digest:list_bring", args=[pk]))
        assert (refused.status_code, "Tick this to say that the list is right." in refused.text) == (422, True)
        page = client.post(reverse("digest:list_bring", args=[pk]), {"sure": "on"}, follow=True)
        assert "2 subscribed." in page.text
        assert "2 no longer subscribe" in client.post(reverse("digest:list_back", args=[pk]), follow=True).text
    assert Subscription.objects.open().count() == 1


def test_what_is_taken_out_is_audited_and_obeyed_by_no_spreadsheet(client, officer):
    SubscriptionFactory(address__email="=cmd@example.org")
    client.force_login(officer)
    body = b"".join(client.post(reverse("digest:list_subscribers")).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[1][0] == "'=cmd@example.org"
    assert b"Words" in b"".join(client.post(reverse("digest:list_ledger")).streaming_content)
    assert list(AuditEntry.objects.filter(verb__endswith=".export").order_by("pk").values_list("verb", flat=True)) == [
        "subscribers.export",
        "ledger.export",
    ]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "  =1", "\r1"])
def test_a_cell_that_a_spreadsheet_would_obey_is_made_harmless(cell):
    assert harmless(cell) == f"'{cell}"


def test_mailboxes_and_desks_are_known_by_their_names():
    assert mailbox_of("B.E.A+x@GoogleMail.com") == mailbox_of("bea@gmail.com")
    assert mailbox_of("b.ea@example.org") != mailbox_of("bea@example.org")
    assert all(is_role(f"{name}@x.org") for name in ("info", "Reception2", "practice.manager", "no-reply", "enquiries+a"))
    assert not any(is_role(f"{name}@x.org") for name in ("ada", "info.ada", "managerial", "hrothgar"))
