"""What comes back stops the mail to that address, and nobody can stop another's."""

from datetime import UTC, datetime, timedelta

import pytest

from common.models import AuditEntry
from digest.models import Subscription
from mail.addresses import address_for, confirm
from mail.bounces import (
    GOOD_FOR,
    KEPT_FOR,
    TOLD_OF,
    NotOursToLift,
    TriedToday,
    forget_old_events,
    note_trouble,
    write_again,
)
from mail.inbound import keep_mail, take_in_next
from mail.messages import envelope_sender, sent_under
from mail.models import Address, Mail, MailEvent, Suppression
from mail.suppressions import suppress, suppressed, why_suppressed
from tests.digest.factories import SubscriptionFactory
from tests.mail import returned

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def address():
    return confirm(address_for(returned.THEIRS, at=AT - 90 * DAY), at=AT - 90 * DAY)


def sent(address, *, at=AT - DAY, number=1):
    return Mail.objects.create(
        address=address, kind="test", key=f"k{number}", lane="notify", state="accepted", accepted_at=at, created_at=at,
        message_id=f"<m.{number}.0123abcd@plenary.example.org>",
    )  # fmt: skip


def verp(mail):
    return envelope_sender("m", mail.pk)


def bring(raw, *, at=AT):
    keep_mail(raw, at=at)
    return take_in_next(at=at).outcome


def written_to():
    return not suppressed([returned.THEIRS], scope="weekly")


@pytest.mark.parametrize("write", [returned.postfix, returned.exim, returned.exchange, returned.gmail])
def test_a_mailbox_that_is_not_there_is_written_to_no_more(address, write):
    assert bring(write(to=verp(sent(address)))) == "taken"
    address.refresh_from_db()
    assert (why_suppressed(address.email), address.state) == ("hard_bounce", "dead")
    event = MailEvent.objects.get()
    assert (event.kind, event.address, event.at) == ("hard", address, AT)


def test_its_weekly_ends_with_it(address):
    SubscriptionFactory(address=address)
    bring(returned.postfix(to=verp(sent(address))))
    assert Subscription.objects.get().ended_reason == "no such mailbox"


def test_one_that_sends_back_is_written_to_until_it_did_so_on_four_days(address):
    for number in range(1, 5):
        assert written_to()
        at = AT + number * 7 * DAY
        for again in (0, 10):  # two mails of one day count as one
            bring(
                returned.full(to=verp(sent(address, at=at, number=number + again))).replace(
                    b"report.1", b"r%d" % (number + again)
                ),
                at=at,
            )
    assert why_suppressed(address.email) == "soft_bounce"
    address.refresh_from_db()
    assert address.state == "verified", "the mailbox is there"


def test_what_came_back_long_ago_no_longer_counts(address, settings):
    settings.SOFT_BOUNCES = 2
    for number, at in ((1, AT), (2, AT + 31 * DAY)):
        note_trouble(address, what="soft", event_id=f"m.{number}", code="5.2.2", at=at)
    assert written_to()


def test_one_message_is_one_bounce_however_often_it_is_reported(address, settings):
    settings.SOFT_BOUNCES = 2
    mail = sent(address)
    for number in range(4):
        bring(returned.full(to=verp(mail)).replace(b"report.1", b"r%d" % number), at=AT + number * DAY)
    assert MailEvent.objects.count() == 1
    assert written_to()


def test_one_that_is_only_late_changes_nothing(address):
    assert bring(returned.postfix_late(to=verp(sent(address)))) == "dropped"
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("write", [returned.postfix, returned.postfix_late])
def test_a_report_is_evidence_that_a_message_was_taken_of_which_nobody_knew(address, write):
    mail = sent(address)
    Mail.objects.update(state="uncertain", accepted_at=None, first_attempt_at=AT - DAY)
    bring(write(to=verp(mail)))
    mail.refresh_from_db()
    assert (mail.state, mail.reason, mail.accepted_at) == ("accepted", TOLD_OF, AT)


def test_a_complaint_stops_all_mail(address):
    assert bring(returned.complaint(mail_from=verp(sent(address)))) == "taken"
    assert why_suppressed(address.email) == "complaint"


@pytest.mark.parametrize("raw", [returned.postfix, returned.complaint])
def test_where_the_envelope_is_lost_the_messages_own_name_binds_it(address, raw):
    assert bring(raw(returned=f"Message-ID: {sent(address).message_id}")) == "taken"
    assert not written_to()


class TestForged:
    @pytest.mark.parametrize(
        "to", ["b+m.{}.0123456789abcdef@bounce.example.org", "b+m.{}@x", "b+m.{}.@x", "b+x.{}.1@x", "b+m.١.1@x"]
    )
    def test_a_report_to_a_guessed_address_changes_nothing(self, address, to):
        assert bring(returned.postfix(to=to.format(sent(address).pk)).decode().encode()) == "unknown"
        assert written_to()

    def test_it_is_the_messages_own_address_that_is_suppressed_never_one_that_is_named(self, address):
        other = confirm(address_for("other@example.org", at=AT), at=AT)
        bring(returned.postfix(to=envelope_sender("m", sent(other).pk)))
        assert written_to()
        assert why_suppressed(other.email) is None, "a word about somebody else is soft"

    def test_a_seal_fits_its_own_message_alone(self, address):
        envelope = verp(sent(address))
        assert sent_under(envelope.upper()) == ("m", Mail.objects.get().pk)
        assert sent_under(envelope.replace("b+m.", "b+d.")) is None
        assert sent_under(envelope.replace("b+m.", "b+m.1")) is None

    def test_an_old_mail_that_somebody_holds_is_of_no_use(self, address):
        mail = sent(address, at=AT - GOOD_FOR - timedelta(seconds=1))
        assert bring(returned.postfix(to=verp(mail))) == "unknown"

    def test_a_mail_that_never_went_cannot_come_back(self, address):
        mail = sent(address)
        Mail.objects.update(accepted_at=None, state="pending")
        assert bring(returned.postfix(to=verp(mail))) == "unknown"

    def test_an_absence_notice_to_the_envelope_is_no_bounce(self, address):
        raw = f"To: {verp(sent(address))}\nFrom: {returned.THEIRS}\nAuto-Submitted: auto-replied\nMessage-ID: <1@x>\n\nAway.\n"
        assert bring(raw.encode()) == "dropped"
        assert not MailEvent.objects.exists()


class TestAgain:
    def test_whoever_says_that_it_works_is_written_to_again(self, address):
        bring(returned.postfix(to=verp(sent(address))))
        write_again(address, by=5, own=True, at=AT)
        address.refresh_from_db()
        assert written_to()
        assert address.state == "verified"
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.actor_id, entry.subject_id) == ("mail.written_to_again", 5, str(address.pk))

    def test_an_address_that_nobody_confirmed_is_not_confirmed_by_it(self):
        address = address_for(returned.THEIRS, at=AT)
        note_trouble(address, what="hard", event_id="m.1", code="5.1.1", at=AT)
        write_again(address, by=5, own=False, at=AT)
        assert Address.objects.get().state == "unverified"

    def test_what_came_back_before_is_forgiven(self, address, settings):
        settings.SOFT_BOUNCES = 2
        note_trouble(address, what="soft", event_id="m.1", code="5.2.2", at=AT)
        write_again(address, by=5, own=True, at=AT + DAY)
        note_trouble(address, what="soft", event_id="m.2", code="5.2.2", at=AT + 2 * DAY)
        assert written_to()

    def test_once_a_day_where_it_comes_back_again(self, address):
        write_again(address, by=5, own=True, at=AT)
        note_trouble(address, what="hard", event_id="m.1", code="5.1.1", at=AT + timedelta(hours=1))
        with pytest.raises(TriedToday, match="try again tomorrow"):
            write_again(address, by=5, own=True, at=AT + timedelta(hours=2))
        assert not written_to()
        write_again(address, by=5, own=True, at=AT + DAY)
        assert written_to()

    def test_a_complaint_is_taken_back_by_its_owner_alone(self, address):
        suppress(address.email, scope="all", reason="complaint", at=AT)
        with pytest.raises(NotOursToLift, match="Only its owner"):
            write_again(address, by=5, own=False, at=AT)
        write_again(address, by=5, own=True, at=AT)
        assert written_to()

    @pytest.mark.parametrize("reason", ["asked", "by_hand"])
    def test_what_somebody_asked_for_stands(self, address, reason):
        suppress(address.email, scope="all", reason=reason, at=AT)
        with pytest.raises(NotOursToLift, match="write to the office"):
            write_again(address, by=5, own=True, at=AT)
        assert not written_to()


def test_after_a_year_nothing_is_left_but_the_suppression(address):
    note_trouble(address, what="hard", event_id="m.1", code="5.1.1", at=AT)
    assert forget_old_events(at=AT + KEPT_FOR) == 0
    assert forget_old_events(at=AT + KEPT_FOR + DAY) == 1
    assert Suppression.objects.exists()
