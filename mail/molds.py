"""A letter's bytes made once, and filled for each reader by joining.

Everything that readers share is encoded when a mold is cast; what differs stands in slots and is encoded when it is filled. A
soft line break on both sides of a slot keeps every line within the 76 characters of quoted-printable, whatever the value. What
the message says is what Python's email package reads out of it, for text of any script (tests/mail/test_molds.py).
"""

import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from html import escape
from typing import Final, Self

from django.conf import settings

from common.errors import DomainError
from mail.kinds import Letter
from mail.messages import subject_line

MOST_IN_A_LINE: Final = 998
"""Octets of a header's line (RFC 5322 §2.1.1)."""
_KEPT_IN_MIND: Final = 200
_SOFT: Final = b"=\r\n"
_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n")
_TOO_LONG: Final = re.compile(rb"([^\r\n]{74,75})(=20|=09)(?=\r\n|\Z)")
"""A full line of b2a_qp that ends in a space."""
_NO_HEADER: Final = re.compile(r"[\r\n\0]")
_ADDRESSES: Final = frozenset({"From", "Reply-To", "Sender", "List-Id"})
_FOLDED: Final = {"References": "> <", "In-Reply-To": "> <"}
_TEXT: Final = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
_HTML: Final = b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


class HeaderRefused(DomainError):
    """A header's value has a line end, or is longer than a line may be."""


def mark(slot: str) -> str:
    """What stands in a letter where a slot is: letters and figures, so that neither escaping nor inlining of styles changes it.
    The same in every process, and of nobody's guessing, so that no title or post can hold one."""
    return f"slot{hmac.new(settings.ADDRESS_KEY, f'slot {slot}'.encode(), hashlib.sha256).hexdigest()[:24]}z"


@dataclass(frozen=True, slots=True)
class Mold:
    """`head`: the headers that readers share. `pieces`: the body, fixed bytes at the even places and slots between them; a slot
    that stands in HTML has `in_html`."""

    head: bytes
    pieces: tuple[bytes, ...]
    slots: tuple[tuple[str, bool], ...]

    @classmethod
    def cast(cls, letter: Letter, *, slots: Iterable[str]) -> Self:
        """Encode a letter in whose text and HTML the `mark` of each slot stands, any number of times. Without HTML the message
        is text alone. Raises HeaderRefused; ValueError where a mark stands in the subject or in a header."""
        marks = {mark(slot): slot for slot in slots}
        fixed = (letter.subject, *letter.headers.values())
        if any(each in value for each in marks for value in fixed):
            raise ValueError("a slot in a header is filled by `headers`")
        text = _pieces(letter.text, marks)
        if not letter.html:
            pieces, found = _joined([(_TEXT, text, False)], b"" if letter.text.endswith(("\n", "\r")) else b"\r\n")
            return cls(_head(letter), pieces, found)
        html = _pieces(letter.html, marks)
        boundary = b"=_" + hashlib.sha256(f"{letter.text}\0{letter.html}".encode("utf-8", "replace")).hexdigest()[:32].encode()
        kind = b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n'
        between = b"\r\n--" + boundary + b"\r\n"
        parts = [(kind + between.removeprefix(b"\r\n") + _TEXT, text, False), (between + _HTML, html, True)]
        pieces, found = _joined(parts, b"\r\n--" + boundary + b"--\r\n")
        return cls(_head(letter), pieces, found)

    def fill(
        self,
        values: Mapping[str, str],
        *,
        sender: str,
        recipient: str,
        message_id: str,
        date: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """RFC 5322 bytes with CRLF for one reader; the same input gives the same bytes. A value is escaped where it stands in
        HTML, unless it is HTML already (a SafeString, as templates give). Raises HeaderRefused; KeyError naming a slot without a
        value."""
        own = [
            _same_for_all("From", sender),
            header_line("To", recipient),
            b"Date: %b\r\nMessage-ID: %b\r\n" % (_moment(date), _plain(message_id)),
            *(header_line(name, value) for name, value in (headers or {}).items()),
            self.head,
        ]
        for piece, (slot, in_html) in zip(self.pieces, self.slots, strict=False):
            value = values[slot]
            own += (piece, _in_html(value) if in_html else _encoded_value(value))
        own.append(self.pieces[-1])
        return b"".join(own)


def _head(letter: Letter) -> bytes:
    _refuse_line_ends(letter.subject)
    lines = [
        subject_line(letter.subject).encode("ascii") + b"\r\n",
        b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n",
        *(header_line(name, value) for name, value in letter.headers.items()),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(lines)


def _pieces(text: str, marks: Mapping[str, str]) -> list[str]:
    """Fixed text at the even places, names of slots between."""
    if not marks:
        return [text]
    cut = re.split("(" + "|".join(marks) + ")", text)
    return [marks[each] if place % 2 else each for place, each in enumerate(cut)]


def _joined(parts: list[tuple[bytes, list[str], bool]], end: bytes) -> tuple[tuple[bytes, ...], tuple[tuple[str, bool], ...]]:
    pieces, slots, open_piece = [], [], b""
    for opening, cut, in_html in parts:
        open_piece += opening
        last = len(cut) - 1
        for place, each in enumerate(cut):
            if place % 2:
                pieces.append(open_piece)
                slots.append((each, in_html))
                open_piece = b""
            else:
                open_piece += _fixed(each, after=place > 0, before=place < last)
    return (*pieces, open_piece + end), tuple(slots)


def _fixed(text: str, *, after: bool, before: bool) -> bytes:
    """Fixed text beside slots: a slot begins and ends on a line of its own."""
    data = encoded(text)
    opening = _SOFT if after and not data.startswith(b"\r\n") else b""
    if not data or data.endswith(b"\r\n"):
        return opening + data
    return opening + data + (_SOFT if before else b"")


def encoded(text: str) -> bytes:
    """Quoted-printable with CRLF, no line above 76, no space at the end of a line or of the whole."""
    data = text.encode("utf-8", "replace")
    if b"\n" in data or b"\r" in data:
        data = _LINE_ENDS.sub(b"\r\n", data)
    made = binascii.b2a_qp(data + b"\r\n", istext=True)[:-2]
    return _TOO_LONG.sub(rb"\1=\r\n\2", made) if b"=20" in made or b"=09" in made else made


@lru_cache(4096)
def _encoded_short(text: str) -> bytes:
    return encoded(text)


@lru_cache(4096)
def _escaped_short(text: str) -> bytes:
    return encoded(escape(text))


def _encoded_value(value: str) -> bytes:
    """Days, addresses of pages and the like are the same for many."""
    return _encoded_short(value) if len(value) <= _KEPT_IN_MIND else encoded(value)


def _in_html(value: str) -> bytes:
    if hasattr(value, "__html__"):
        return _encoded_value(str(value))
    return _escaped_short(value) if len(value) <= _KEPT_IN_MIND else encoded(escape(value))


@lru_cache(256)
def _moment(date: datetime) -> bytes:
    return format_datetime(date).encode("ascii")


@lru_cache(64)
def _same_for_all(name: str, value: str) -> bytes:
    return header_line(name, value)


def _refuse_line_ends(value: str) -> None:
    if _NO_HEADER.search(value):
        raise HeaderRefused("A header cannot hold a line end.")


def _plain(value: str) -> bytes:
    _refuse_line_ends(value)
    if not value.isascii():
        raise HeaderRefused("This header cannot hold other letters than ASCII's.")
    return value.encode("ascii")


@lru_cache(256)
def _named(name: str, value: str) -> bytes:
    """`Name <address>`, the name as encoded words where it must be."""
    words, address = parseaddr(value)
    return f"{name}: {formataddr((words, address), 'utf-8') if address else value}\r\n".encode("ascii")


def header_line(name: str, value: str) -> bytes:
    """A header with its line end. What mail programs read by itself (links, addresses, names of messages) is folded between its
    parts and never encoded; other words are encoded where they are not ASCII. Raises HeaderRefused."""
    if len(value) < 60 and value.isascii() and value.isprintable():
        return f"{name}: {value}\r\n".encode("ascii")
    _refuse_line_ends(value)
    if value.isascii():
        line = f"{name}: {value}\r\n"
        if len(line) > 78:
            between = _FOLDED.get(name, ", <" if name.startswith("List-") else "")
            if between:
                first, _, second = between.partition(" ")
                line = line.replace(between, f"{first}\r\n {second}")
            elif " " in value and name not in {"To", *_ADDRESSES}:
                line = (
                    f"{name}: {Header(value, 'us-ascii', maxlinelen=76, header_name=name).encode(linesep=chr(13) + chr(10))}\r\n"
                )
        data = line.encode("ascii")
    elif name in _ADDRESSES:
        data = _named(name, value)
    elif name == "To" or name in _FOLDED or name.startswith("List-"):
        raise HeaderRefused("This header cannot hold other letters than ASCII's.")
    else:
        data = f"{name}: {Header(value, 'utf-8', maxlinelen=76, header_name=name).encode(linesep=chr(13) + chr(10))}\r\n".encode()
    if len(data) > MOST_IN_A_LINE and any(len(each) > MOST_IN_A_LINE for each in data.split(b"\r\n")):
        raise HeaderRefused("A header's line is too long.")
    return data
