"""From a letter to the bytes that go over the wire."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any, Final

import css_inline
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, render_to_string

from mail.kinds import Letter

BOUNCES: Final = "b"
_KEPT = {"To", "Reply-To", "Subject", "References", "In-Reply-To"}


class _AsWritten(EmailPolicy):
    """Folds as SMTP does, with two exceptions.

    Addresses of RFC 2369 headers, where an answer goes, and what the message answers stay as they are: Python writes a long one
    as an encoded word, and a mail program then finds no link to unsubscribe by and no thread. And `To` and `Subject`, which
    hold what people typed, are never read as headers: Python would decode a title like `=?utf-8?q?=0D=0ABcc:_…?=`, and its
    line ends would begin headers of the title's own.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return (name, value) if name in _KEPT else super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.startswith("List-"):
            return f"{name}: {value}".replace(", <", ",\r\n <").encode("ascii") + b"\r\n"
        if name in {"References", "In-Reply-To"}:
            return f"{name}: {value}".replace("> <", ">\r\n <").encode("ascii") + b"\r\n"
        if name in {"To", "Reply-To"}:
            return f"{name}: {value}\r\n".encode("ascii")
        if name == "Subject":
            return subject_line(value).encode("ascii") + b"\r\n"
        return super().fold_binary(name, value)


def subject_line(subject: str) -> str:
    """As it is where it is plain; else, also where it looks like an encoded word, as encoded words (RFC 2047)."""
    is_plain = subject.isascii() and subject.isprintable() and "=?" not in subject
    words = Header(subject, "us-ascii" if is_plain else "utf-8", maxlinelen=76, header_name="Subject")
    return "Subject: " + words.encode(linesep="\r\n")


_POLICY = _AsWritten(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length)
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def letter_from(template: str, context: Mapping[str, object], *, headers: dict[str, str] | None = None) -> Letter:
    """A letter out of `<template>.subject.txt`, `.txt` and `.html`. The styles of the HTML are written onto its elements."""
    told = {"site_url": settings.SITE_URL, "postal_address": settings.POSTAL_ADDRESS, **context}
    subject = " ".join(_plain(f"{template}.subject.txt", told).split())
    text = _plain(f"{template}.txt", told).strip() + "\n"
    return Letter(subject, text, inline(render_to_string(f"{template}.html", {**told, "subject": subject})), headers or {})


def _plain(template: str, context: Mapping[str, object]) -> str:
    """Plain text has nothing to escape: an apostrophe stays one."""
    found: Template = get_template(template).template  # type: ignore[attr-defined]
    return found.render(Context(dict(context), autoescape=False))


def inline(html: str) -> str:
    """CSS of the `<style>` on the elements themselves: many readers drop the `<style>`."""
    return _INLINER.inline(html)


def build(letter: Letter, *, sender: str, recipient: str, message_id: str, date: datetime) -> bytes:
    """RFC 5322 bytes with CRLF: text first, HTML as the alternative where there is any. The same input gives the same bytes, so
    that a second attempt is the same message."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message.set_boundary("=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def message_id(kind: str, number: int) -> str:
    """The Message-ID of row `number` of a table (`m` outbox, `d.<run>` weekly): the same at every attempt, not guessable."""
    return f"<{kind}.{number}.{_mac(kind, number)}@{settings.MAIL_DOMAIN}>"


def thread_id(name: str, reader: int | None = None) -> str:
    """The Message-ID of what `name` names (`post.812`) as this reader got it: later mails to the same reader refer to it without
    looking it up; without a reader, of a thing that no mail ever was (`topic.7`) but all mails about it hang from."""
    own = "" if reader is None else "." + _mac(name, reader, letters=16)
    return f"<{name}{own}@{settings.MAIL_DOMAIN}>"


def envelope_sender(kind: str, number: int) -> str:
    """Where bounces of this one message go (VERP). 64 bits that nobody can guess who did not get the message."""
    return f"{BOUNCES}+{kind}.{number}.{_mac(f'bounce {kind}', number, letters=16)}@{settings.BOUNCE_DOMAIN}"


def sent_under(envelope: str) -> tuple[str, int] | None:
    """Kind and number of the message that we sent under this envelope address; None for any that is not of our making."""
    door, _, token = envelope.partition("@")[0].lower().partition("+")
    kind, _, rest = token.partition(".")
    number = rest.partition(".")[0]
    if door != BOUNCES or not (number.isascii() and number.isdecimal() and len(number) <= 18):
        return None
    ours = envelope_sender(kind, int(number)).partition("@")[0]
    return (kind, int(number)) if hmac.compare_digest(ours.encode(), f"{door}+{token}".encode()) else None


@lru_cache(64)
def bare_address(mailbox: str) -> str:
    """`a@b` out of `Name <a@b>`."""
    return parseaddr(mailbox)[1]


def _mac(kind: str, number: int, *, letters: int = 8) -> str:
    return hmac.digest(settings.ADDRESS_KEY, f"message {kind} {number}".encode(), "sha256").hex()[:letters]
