"""Mail as a weapon: words that people type end up in headers, and addresses in the dialogue with the server."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from django.core.cache import cache
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.kinds import Letter
from mail.messages import build
from mail.models import Mail
from mail.session import Limits, SmtpSession

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
OURS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "mime-version",
    "content-type",
}
ENCODED = st.sampled_from(["=?utf-8?q?", "=?utf-8?b?", "?=", "=0D=0A", "Bcc:", "DQpCY2M6", "\0", "\x0b", "\x85", "\u2028", "é"])
UNREACHABLE = ("x@exämple.org", "a\u017fb@example.org", '"a>b"@example.org', "=?utf-8?q?=0D=0ABcc?=@example.org", "a@[127.0.0.1]")


def message(subject: str) -> bytes:
    letter = Letter(" ".join(subject.split()), "Words\n", "<p>Words</p>", {})
    return build(letter, sender="P <p@example.org>", recipient="a@example.org", message_id="<a@b>", date=AT)


@settings(max_examples=150, deadline=None)
@given(st.lists(ENCODED | st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8).map("".join))
def test_a_title_never_becomes_a_header_or_a_body(subject):
    head = message(subject).split(b"\r\n\r\n")[0]
    lines = head.split(b"\r\n")
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)
    names = {line.split(b":")[0].decode().lower() for line in lines if not line.startswith((b" ", b"\t"))}
    assert names == OURS


def test_a_title_that_looks_encoded_arrives_as_it_was_typed():
    typed = "Exam =?utf-8?q?=0D=0ABcc:_all@example.org?= or portfolio"
    read = message_from_bytes(message(typed))
    assert "bcc" not in {name.lower() for name in read.keys()}  # noqa: SIM118 - a message iterates otherwise
    assert str(make_header(decode_header(read["Subject"]))) == typed


@pytest.mark.parametrize("address", UNREACHABLE)
def test_an_address_that_smtp_cannot_speak_is_refused_and_the_next_mail_goes_out(sink, address):
    with SmtpSession(sink.url, limits=Limits(connect=2, command=2, final_reply=2)) as session:
        session.send(sender="b@example.org", recipient=address, data=message("One"))
        assert session.send(sender="b@example.org", recipient="next@example.org", data=message("Two")).fate == "accepted"


@pytest.mark.django_db
@pytest.mark.parametrize("address", UNREACHABLE)
def test_nobody_signs_up_with_an_address_that_we_cannot_write_to(client, address):
    cache.clear()
    form = {"email": address, "display_name": "Eve", "password1": "correct-horse-battery", "terms": "on"}
    assert client.post(reverse("account_signup"), form).status_code == 200
    assert client.post(reverse("digest:subscribe"), {"email": address}).status_code == 200
    assert not Mail.objects.exists()
