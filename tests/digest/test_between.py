"""What really happens, by the actions that do it, between the making of the rows and the sending; and addresses that are the same."""

from datetime import timedelta

import pytest

from accounts.actions.sanctions import impose_sanction
from digest.actions.editions import cut_due_edition, draft_edition
from digest.actions.runs import SAME_MAILBOX
from digest.models import Delivery, Run
from digest.ticking import tick
from forum.models import Post, Topic
from mail.addresses import address_for
from mail.mailboxes import mailbox_of
from mail.models import Address
from moderation.actions.erasing import take_words_away
from tests.accounts.factories import UserFactory
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory
from tests.forum.factories import CategoryFactory, TopicFactory

pytestmark = pytest.mark.django_db
IN_WEEK = MONDAY - timedelta(days=3)


@pytest.fixture
def cut():
    def go():
        draft_edition(at=MONDAY - timedelta(days=1))
        return cut_due_edition(at=MONDAY)

    return go


def test_words_that_are_erased_meanwhile_are_in_no_letter(cut, send):
    topic = TopicFactory(title="Exam or portfolio", created_at=IN_WEEK, body="A sentence with a patient's name.")
    quoted = Post.objects.get(topic=topic, number=1)
    cut()
    SubscriptionFactory()
    tick(at=WEDNESDAY)
    take_words_away(quoted, by=UserFactory(director=True, moderator=True), reason="It names a patient.", at=WEDNESDAY)
    (mail,) = send(WEDNESDAY)
    assert "patient" not in mail.text + mail.html


def test_who_is_suspended_meanwhile_gets_no_more_than_they_may_still_read(cut, send):
    TopicFactory(title="For members", created_at=IN_WEEK, body="Said among members.", category=CategoryFactory(members_only=True))
    TopicFactory(title="For everybody", created_at=IN_WEEK, body="Said in public.")
    cut()
    member = UserFactory(member=True)
    SubscriptionFactory(address=Address.objects.get(account=member))
    tick(at=WEDNESDAY)
    moderator = UserFactory(moderator=True)
    impose_sanction(member, kind="suspension", reason="x", by=moderator, at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(days=7))
    (mail,) = send(WEDNESDAY)
    may_read = set(Topic.objects.visible_to(member).values_list("title", flat=True))
    assert "For everybody" in mail.text
    assert ("For members" in mail.text) == ("For members" in may_read)


@pytest.mark.parametrize("apart", [0, 3])
def test_one_mailbox_under_three_spellings_gets_one_letter(edition, send, apart):
    """At one hour, or the others at a later one."""
    spellings = ["b.ea@gmail.com", "bea+plenary@googlemail.com", "bea@gmail.com"]
    assert len({mailbox_of(each) for each in spellings}) == 1
    assert address_for("B.Ea@Gmail.com", at=MONDAY) == address_for(spellings[0], at=MONDAY)
    for number, email in enumerate(spellings):
        hour = 12 + (apart if number else 0)
        SubscriptionFactory(address=address_for(email, at=MONDAY), local_hour=hour)
    for other in ("be.a@example.org", "bea@example.org"):
        SubscriptionFactory(address=address_for(other, at=MONDAY))
    send(WEDNESDAY)
    mails = send(WEDNESDAY + timedelta(hours=apart))
    assert sorted(mail.recipient for mail in mails) == ["b.ea@gmail.com", "be.a@example.org", "bea@example.org"]
    assert Delivery.objects.filter(state="suppressed", reason=SAME_MAILBOX).count() == 2
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}
