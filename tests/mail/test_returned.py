"""Whoever gets no mail sees why and puts it right; officers see whose it is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from common.models import AuditEntry
from mail.addresses import address_for, attach
from mail.bounces import note_trouble
from mail.delivery import deliver
from mail.models import Mail, MailEvent
from mail.outbox import queue_mail
from mail.pools import pause_pool
from mail.returned import trouble_with
from mail.suppressions import suppressed
from notifications.expander import expand_next
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
PREFERENCES, AGAIN, DESK = (
    reverse(name) for name in ("notifications:preferences", "notifications:mail_again", "accounts:returned")
)


def member(email="maren@example.org"):
    person = UserFactory(member=True, email=email)
    return person, attach(person, email=email, at=timezone.now())


def came_back(address, *, what="hard", code="5.1.1", number=1, days=0):
    at = timezone.now() - timedelta(days=days)
    note_trouble(address, what=what, event_id=f"m.{address.pk}.{number}", code=code, at=at)


def html_of(client, person, url=PREFERENCES):
    client.force_login(person)
    return client.get(url).content.decode()


def test_the_person_sees_it_on_both_pages_and_puts_it_right(client):
    person, address = member()
    came_back(address)
    assert "Mail to you comes back" in html_of(client, person, reverse("accounts:account"))
    html = html_of(client, person)
    assert "There is no such mailbox." in html
    assert "We do not write to it any more" in html
    page = client.post(AGAIN, follow=True).content.decode()
    assert "A mail is on its way to maren@example.org" in page
    assert "Mail to you comes back" not in page
    assert not suppressed([address.email], scope="all")
    assert [mail.kind for mail in Mail.objects.all()] == ["notifications.works_again"]


def test_told_twice_in_a_day_they_hear_why_not(client):
    person, address = member()
    client.force_login(person)
    client.post(AGAIN)
    came_back(address)
    assert "try again tomorrow" in client.post(AGAIN, follow=True).content.decode()
    assert suppressed([address.email], scope="all")


def test_one_bounce_is_shown_for_as_long_as_it_counts(client, settings):
    person, address = member()
    came_back(address, what="soft", code="5.2.2", days=settings.SOFT_BOUNCE_DAYS + 1)
    assert trouble_with(person.pk, at=timezone.now()) is None
    came_back(address, what="soft", code="5.2.2", number=2)
    html = html_of(client, person)
    assert "The mailbox is full." in html
    assert "We still write to it" in html


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("4.2.2", "The mailbox is full."), ("5.2.9", "The mailbox takes no mail."), ("5.7.26", "The mail server does not let our mail in."),
        ("4.4.1", "The mail server could not be reached."), ("", "The mail was sent back."), ("550", "The mail was sent back."),
    ],
)  # fmt: skip
def test_a_code_is_told_in_words(code, words):
    assert MailEvent(kind="soft", told={"code": code}).in_words == words


def test_it_is_told_under_the_bell_until_it_is_put_right(client):
    person, address = member()
    came_back(address)
    came_back(address, number=2)
    while expand_next(at=timezone.now()):
        pass
    assert Notice.objects.get(kind="notifications.mail_stopped").user == person
    tray = html_of(client, person, reverse("notifications:tray"))
    assert "Mail to you comes back. We do not write to maren@example.org any more" in tray
    assert "There is no such mailbox. You can put it right." in html_of(client, person, reverse("notifications:list"))
    assert not Mail.objects.exists()
    client.post(AGAIN)
    assert "Mail to you comes back" not in html_of(client, person, reverse("notifications:tray"))


def test_one_that_may_still_arrive_is_not_told_under_the_bell(client):
    _, address = member()
    came_back(address, what="soft", code="5.2.2")
    came_back(address_for("nobody@example.org", at=timezone.now()))
    assert not Event.objects.filter(kind="notifications.mail_stopped").exists()


def test_nobody_else_hears_of_it(client):
    _, address = member()
    came_back(address)
    other, _ = member("other@example.org")
    assert "Mail to you comes back" not in html_of(client, other)


def test_officers_see_whose_and_have_it_written_to_again(client):
    person, address = member()
    came_back(address)
    html = html_of(client, UserFactory(member=True, director=True), DESK)
    assert person.display_name in html
    assert "Not written to" in html
    assert "There is no such mailbox</dt><dd>1</dd>" in html
    page = client.post(reverse("accounts:returned_again", args=[address.pk]), follow=True).content.decode()
    assert "Mail goes to maren@example.org again" in page
    assert "No mail comes back" in page
    assert not suppressed([address.email], scope="all")


def test_officers_do_not_take_a_complaint_back(client):
    _, address = member()
    came_back(address, what="complaint", code="")
    html_of(client, UserFactory(member=True, director=True), DESK)
    page = client.post(reverse("accounts:returned_again", args=[address.pk]), follow=True).content.decode()
    assert "Only its owner can ask for mail again" in page
    assert suppressed([address.email], scope="all")


@pytest.mark.parametrize("role", ["member", "organiser", "moderator", "trustee"])
def test_nobody_else_sits_at_this_desk(client, role):
    _, address = member()
    client.force_login(UserFactory(**{"member": True, role: True}))
    assert client.get(DESK).status_code == 403
    assert client.post(reverse("accounts:returned_again", args=[address.pk])).status_code == 403


def test_the_desk_costs_the_same_for_many(client):
    client.force_login(UserFactory(member=True, administrator=True))

    def more():
        for number in range(3):
            came_back(address_for(f"{timezone.now().timestamp()}{number}@example.org", at=timezone.now()))

    more()
    assert_queries_do_not_grow(DESK, client, add_rows=more, at_most=7)


def test_the_desk_says_what_waits_because_the_server_asked_for_it(client, settings):
    settings.SPEED = 1
    officer = UserFactory(member=True, administrator=True)
    assert "asks us to wait" not in html_of(client, officer, DESK)
    pause_pool("digest", reason="36% of 200 messages were put off by the server", at=timezone.now())
    page = html_of(client, officer, DESK)
    assert "The weekly waits until" in page
    assert "36% of 200 messages were put off by the server." in page


class TestMailInDoubt:
    """Handed over without an answer: never sent again by itself, and a person can decide."""

    @pytest.fixture
    def doubtful(self, sink):
        sink.hang_up_after_dot = True
        mail = queue_mail(
            address_for("pat@example.org", at=timezone.now()),
            kind="accounts.unknown_account",
            key="x",
            params={},
            at=timezone.now(),
        )
        deliver("critical", clock=timezone.now)
        sink.hang_up_after_dot = False
        mail.refresh_from_db()
        assert mail.state == "uncertain"
        return mail

    @pytest.fixture
    def officer(self, client):
        client.force_login(UserFactory(member=True, administrator=True))
        return client

    def test_stands_on_the_desk_with_the_name_by_which_a_server_knows_it(self, doubtful, officer):
        page = officer.get(DESK).text
        assert "In doubt" in page
        assert escape(doubtful.message_id) in page

    def test_is_sent_once_more_by_the_same_name_where_it_is_missing(self, doubtful, officer, sink):
        before = len(sink.received)
        page = officer.post(reverse("accounts:doubt_missing", args=[doubtful.pk]), follow=True).text
        assert "It is sent once more." in page
        deliver("critical", clock=timezone.now)
        doubtful.refresh_from_db()
        assert doubtful.state == "accepted"
        assert [mail.message["Message-ID"] for mail in sink.received[before:]] == [doubtful.message_id]
        assert officer.post(reverse("accounts:doubt_missing", args=[doubtful.pk])).status_code == 409

    def test_counts_as_arrived_where_it_is_there(self, doubtful, officer, sink):
        before = len(sink.received)
        assert "In doubt" not in officer.post(reverse("accounts:doubt_arrived", args=[doubtful.pk]), follow=True).text
        deliver("critical", clock=timezone.now)
        doubtful.refresh_from_db()
        assert (doubtful.state, len(sink.received)) == ("accepted", before)
        verbs = AuditEntry.objects.filter(subject_kind="mail").values_list("verb", flat=True)
        assert list(verbs) == ["mail.counted_as_arrived"]

    def test_is_decided_by_officers_alone(self, doubtful, client):
        client.force_login(UserFactory(member=True, organiser=True))
        for name in ("doubt_missing", "doubt_arrived"):
            assert client.post(reverse(f"accounts:{name}", args=[doubtful.pk])).status_code == 403
