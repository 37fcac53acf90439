"""How letters about a topic hang together in a mail program, and who can answer them."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from forum.actions.posts import reply_to_topic
from forum.actions.removal import hide_post
from mail.messages import build, thread_id
from mail.models import Mail
from notifications.expander import expand_next
from notifications.mails import NoticeMail
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, TopicFactory
from tests.forum.test_effects import named

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def answers_come_in(settings):
    settings.INBOUND_SECRET = "shared"


@pytest.fixture
def topic():
    return TopicFactory(author=named("Starter"), title="Exam or portfolio?")


def sent(mail):
    """As a mail program gets it."""
    letter = NoticeMail().write(mail, at=AT)
    raw = build(letter, sender="plenary@example.org", recipient="a@example.org", message_id=letter.message_id, date=AT)
    return message_from_bytes(raw, policy=default)


def thread(messages):
    """Jamie Zawinski's rules as far as they hang messages by References: each message's nearest ancestor that is there, or the
    empty place that all of them share."""
    here = {message["Message-ID"] for message in messages}
    found = {}
    for message in messages:
        chain = message["References"].split()
        found[message["Message-ID"]] = next((name for name in reversed(chain) if name in here), chain[0])
    return found


def told(*posts):
    """A letter each: what was told before has gone."""
    while expand_next(at=AT) is not None:
        pass
    mail = Mail.objects.filter(state="pending").get()
    message = sent(mail)
    Mail.objects.update(state="accepted")
    return message


def test_answers_hang_below_what_they_answer_and_all_below_the_topic(topic):
    writer = named("Writer")
    first = reply_to_topic(topic, by=writer, body="One.", at=AT)
    messages = [told()]
    reply_to_topic(topic, by=writer, body="Two, to one.", at=AT, parent_number=first.number)
    messages.append(told())
    reply_to_topic(topic, by=writer, body="Three.", at=AT)
    messages.append(told())
    one, two, three = (message["Message-ID"] for message in messages)
    root = thread_id(f"topic.{topic.pk}")
    assert thread(messages) == {one: root, two: one, three: root}
    assert len({one, two, three}) == 3
    assert {message["Subject"] for message in messages} == {"Re: Exam or portfolio?"}


def test_two_readers_of_one_post_get_two_messages_that_say_nothing_of_each_other(topic):
    assert thread_id("post.1", 1) != thread_id("post.1", 2)
    assert thread_id("post.1", 1) == thread_id("post.1", 1)


def test_headers_name_the_list_how_to_leave_and_that_a_machine_wrote_it(topic):
    reply_to_topic(topic, by=named("Writer"), body="One.", at=AT)
    message = told()
    assert message["List-Id"] == "Plenary forum <forum.plenary.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<http")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert "=?" not in message["Reply-To"], "a mail program must read where the answer goes"


def test_who_may_answer_is_told_how_and_under_which_name(topic):
    reply_to_topic(topic, by=named("Writer"), body="One.", at=AT)
    message = told()
    assert str(message["Reply-To"]).startswith("Plenary <reply+")
    for part in ("plain", "html"):
        words = message.get_body((part,)).get_content()
        assert "Write your answer above this line" in words
        assert "posted under your name, Starter" in words


def test_who_may_not_and_where_nothing_comes_in_is_told_nothing_of_it(topic, settings):
    writer = named("Writer")
    reply_to_topic(topic, by=writer, body="One.", at=AT)
    topic.author.role_grants.update(revoked_at=AT)
    message = told()
    assert message["Reply-To"] is None
    assert "above this line" not in message.get_body(("plain",)).get_content()
    topic.author.role_grants.update(revoked_at=None)
    settings.INBOUND_SECRET = ""
    reply_to_topic(topic, by=writer, body="Two.", at=AT)
    assert told()["Reply-To"] is None


def test_several_replies_are_one_letter_that_holds_each(topic):
    writer = named("Writer")
    for body in ("The first.", "The second."):
        reply_to_topic(topic, by=writer, body=body, at=AT)
    reply_to_topic(topic, by=writer, body="I name @starter.", at=AT + timedelta(seconds=1))
    message = told()
    assert message["Subject"] == "Re: Exam or portfolio?"
    for part in ("plain", "html"):
        words = message.get_body((part,)).get_content()
        assert "3 posts" in words
        assert "The first." in words
        assert "The second." in words
        assert "Writer named you in" in words


def test_several_from_a_private_place_name_it_nowhere():
    closed = TopicFactory(members_only=True, author=named("Starter"), title="Redundancies in Leeds")
    for body in ("How many?", "When?"):
        reply_to_topic(closed, by=named(f"W{body[0]}"), body=body, at=AT)
    message = told()
    assert message["Subject"] == "New in a topic for members"
    assert "Redundancies" not in message.as_string()


def test_a_hidden_one_of_several_is_left_out(topic):
    hidden = reply_to_topic(topic, by=named("Writer"), body="To be hidden.", at=AT)
    reply_to_topic(topic, by=named("Other"), body="To be read.", at=AT)
    while expand_next(at=AT) is not None:
        pass
    hide_post(hidden, by=UserFactory(moderator=True), reason="no", at=AT)
    message = told()
    assert "To be read." in message.get_body(("plain",)).get_content()
    assert "To be hidden" not in message.as_string()


def test_only_the_one_letter_that_tells_of_a_post_has_its_message_id(topic):
    """A second one about it (accepted, put back) would have the same name, and no row of the outbox may."""
    reply_to_topic(topic, by=named("Writer"), body="One.", at=AT)
    while expand_next(at=AT) is not None:
        pass
    mail = Mail.objects.get()
    assert NoticeMail().write(mail, at=AT).message_id
    mail.notices.update(key="forum.accepted:1")
    assert NoticeMail().write(mail, at=AT).message_id == ""
