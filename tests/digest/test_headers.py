"""Headers of what was sent, rule by rule (RFC 5322, 2369, 2919, 3834, 8058, Gmail's and Microsoft's), off the wire."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site

from digest.models import Delivery
from mail import addresses
from mail.outbox import queue_mail
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory

pytestmark = pytest.mark.django_db
ONCE = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted", "Reply-To"}
ALL = ONCE | {
    "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "Precedence", "X-Auto-Response-Suppress", "Feedback-ID",
    "X-Delivery-Id",
}  # fmt: skip
"""What weekly.md lists."""
ALWAYS = {
    "one of each (RFC 5322 §3.6)": lambda m: all(len(m.message.get_all(name, [])) <= 1 for name in ONCE),
    "what must be there is there": lambda m: all(m.message[name] for name in ONCE - {"Reply-To"}),
    "no line above 998 octets": lambda m: max(map(len, m.message.as_bytes().splitlines())) <= 998,
    "a Message-ID of our domain": lambda m: re.fullmatch(rf"<[\w.]+@{re.escape(site.MAIL_DOMAIN)}>", m.message["Message-ID"]),
    "a Date with a zone": lambda m: parsedate_to_datetime(m.message["Date"]).utcoffset() is not None,
    "no machine answers it (RFC 3834)": lambda m: m.message["Auto-Submitted"] == "auto-generated",
    "nor does Exchange": lambda m: m.message["X-Auto-Response-Suppress"] == "OOF, AutoReply",
    "returned to an address of its own (VERP)": lambda m: re.fullmatch(rf"b\+[md]\.\d+\.[0-9a-f]{{16}}@{re.escape(site.BOUNCE_DOMAIN)}", m.sender),
    "text before HTML (RFC 2046 §5.1.4)": lambda m: [p.get_content_type() for p in m.message.iter_parts()] == ["text/plain", "text/html"],
    "the recipient alone in To": lambda m: str(m.message["To"]) == m.recipient,
    "nobody in Cc or Bcc": lambda m: m.message["Cc"] is None and m.message["Bcc"] is None,
    "no tracking": lambda m: not re.search(r"<img[^>]*(width=.?1\b|height=.?1\b)|utm_", m.html),
}  # fmt: skip
BULK = {
    "a List-Id with words and a name that stays (RFC 2919)": lambda m: re.fullmatch(r"[\w ]+ <[\w.]+\.[\w.-]+>", m.message["List-Id"]),
    "out by https or by mail (RFC 2369)": lambda m: re.fullmatch(r"<https?://\S+>, <mailto:\S+>", m.message["List-Unsubscribe"]),
    "one click (RFC 8058 §3.1)": lambda m: m.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
    "a link that nobody guesses": lambda m: len(urlsplit(m.message["List-Unsubscribe"].split(">")[0]).path.split("/")[-2]) >= 22,
    "the address of the reader is in no link": lambda m: m.recipient.partition("@")[0] not in m.message["List-Unsubscribe"],
    "an archive": lambda m: re.fullmatch(r"<https?://\S+>", m.message["List-Archive"]),
    "bulk": lambda m: m.message["Precedence"] == "bulk",
    "a Feedback-ID of four parts, the last of 5 to 15 letters": lambda m: re.fullmatch(r"\d+:[\w.]+:\w+:[a-z]{5,15}", m.message["Feedback-ID"]),
    "no personal value in it": lambda m: m.recipient not in m.message["Feedback-ID"],
    "part of no conversation (Gmail folds every week into one)": lambda m: m.message["References"] is m.message["In-Reply-To"] is None,
    "a mailbox that is read (Microsoft)": lambda m: "@" in m.message["Reply-To"] and "no-reply" not in m.message["Reply-To"],
    "an address of its own for subscriptions (Gmail)": lambda m: m.message["From"] == site.DIGEST_FROM != site.MAIL_FROM,
    "a Message-ID that the row alone decides": lambda m: re.match(r"<d\.\d+\.\d+\.[0-9a-f]{8}@", m.message["Message-ID"]),
    "the number of the row": lambda m: m.message["X-Delivery-Id"] == m.message["Message-ID"].split(".")[2],
    "the archive leads to the web copy": lambda m: m.message["List-Archive"].strip("<>") in m.text,
    "these headers and no others": lambda m: set(m.message.keys()) == ALL,
    "the link out stands in the text as well": lambda m: urlsplit(m.message["List-Unsubscribe"].split(">")[0][1:]).path in m.text,
}  # fmt: skip


@pytest.mark.parametrize("rule", [*ALWAYS, *BULK])
def test_the_weekly_keeps_the_rule(edition, send, rule):
    SubscriptionFactory()
    (received,) = send(WEDNESDAY)
    assert (ALWAYS | BULK)[rule](received), f"{rule}: {received.message.items()}"


def test_a_mail_of_the_outbox_keeps_the_rules_that_are_for_all(post, sink):
    queue_mail(
        addresses.address_for("new@example.org", at=MONDAY), kind="accounts.unknown_account", key="x", params={}, at=MONDAY
    )
    (received,) = post(MONDAY)
    assert [rule for rule, holds in ALWAYS.items() if not holds(received)] == []
    assert received.message["List-Unsubscribe"] is None, "nobody subscribed to a password"


def test_a_second_attempt_is_the_same_message(edition, send, sink):
    SubscriptionFactory()
    wire = []

    def later(envelope):
        wire.append(envelope.content)
        return "451 4.3.0 later" if len(wire) == 1 else None

    sink.answer_data = later
    send(WEDNESDAY)
    send(WEDNESDAY + timedelta(minutes=30))
    first, second = wire
    assert Delivery.objects.get().state == "accepted"
    assert _frozen(first) == _frozen(second)
    assert len(_frozen(first)) == len(FROZEN)


FROZEN = (b"Date", b"Message-ID", b"Feedback-ID", b"List-Unsubscribe:")


def _frozen(data):
    return [line for line in data.split(b"\r\n\r\n")[0].split(b"\r\n") if line.startswith(FROZEN)]
