"""A mail as it came, read: who, to whom, what words, what files, and whether a machine wrote it.

Reads whatever a stranger sends: no bytes raise. Headers are read the old way (`compat32`), since the parser of Python's newer
policy raises at some that are broken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any, Final

from common.html_reading import plain_text
from common.markdown import sanitise

CUT_HEADER: Final = "X-Plenary-Cut"
"""Ours, on what is kept of a mail that was too large. From elsewhere it has a mail refused as one, and no more."""

MOST_TEXT: Final = 200_000
MOST_PARTS: Final = 200
MOST_BOXES: Final = 30
_BOUNDARY: Final = re.compile(rb"boundary", re.IGNORECASE)
_TO: Final = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_NO_FILES: Final = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar"}
_ASIDE: Final = re.compile(r"\([^()]*\)|\"[^\"]*\"")
_RESULT: Final = re.compile(r"\s*(dmarc|spf|dkim)\s*=\s*(\w+)(?=\s|$)")
_FROM: Final = re.compile(r"\sheader\.from\s*=\s*(?:[^\s@]*@)?(\S+)")
_FOR: Final = re.compile(r"\s(?:smtp\.mailfrom|header\.[di])\s*=\s*(?:[^\s@]*@)?([a-z0-9.-]+)(?=\s|$)")
_MSG_ID: Final = re.compile(r"<[!-;=?-~]+>", re.ASCII)


@dataclass(frozen=True, slots=True)
class File:
    """What hung on it; `name` is what its sender called it. `inline`: it stands in the text, as a picture or a logo does."""

    name: str
    data: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """`automatic` says why no person wrote it, empty where one did. `authentication`: what servers wrote of it, topmost first.
    `is_cut`: it was too large, and only its headers are here."""

    message_id: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    text: str = ""
    files: tuple[File, ...] = ()
    automatic: str = ""
    list_ids: tuple[str, ...] = ()
    authentication: tuple[str, ...] = field(default=())
    is_cut: bool = False

    def tokens(self, kinds: set[str]) -> list[tuple[str, str]]:
        """(kind, token) of each address `kind+token@…` that it came to, in order, without doubles."""
        found = [address.partition("@")[0].partition("+") for address in self.recipients]
        return list(dict.fromkeys((kind, token) for kind, _, token in found if token and kind in kinds))

    def is_authentic(self, authserv_id: str) -> bool:
        """Does our own server say that the sender's domain sent it? Its topmost word counts: those below may be anybody's."""
        for line in self.authentication:
            server, _, results = line.lower().partition(";")
            if server.split()[:1] == [authserv_id.lower()]:
                return _passed(results, self.sender.rpartition("@")[2])
        return False


def read_mail(raw: bytes) -> Incoming:
    """Never raises; of what cannot be read, nothing is there. Python's parser compares each line with every boundary that is
    open, so that 200 kB with 300 of them took nine seconds: with more than MOST_BOXES nobody reads it."""
    if len(_BOUNDARY.findall(raw)) > MOST_BOXES:
        return Incoming(automatic="boxes in boxes")
    try:
        message = message_from_bytes(raw)
        parts = list(_leaves(message))
    except RecursionError:
        return Incoming(automatic="boxes in boxes")
    return Incoming(
        message_id=next(iter(_MSG_ID.findall(_header(message, "Message-ID"))), "")[:250],
        sender=next(iter(_addresses(message, ("From",))), ""),
        recipients=tuple(_addresses(message, _TO)),
        text=_text(parts)[:MOST_TEXT],
        files=tuple(_files(parts)),
        automatic=_automatic(message),
        list_ids=tuple(_headers(message, "List-Id")),
        authentication=tuple(_headers(message, "Authentication-Results")),
        is_cut=CUT_HEADER in message,
    )


def _automatic(message: Message) -> str:
    if message.get_content_type() == "multipart/report":
        return "a report about delivery"
    submitted = _header(message, "Auto-Submitted").strip().lower()
    if submitted and submitted != "no":
        return "sent by a machine"
    if _header(message, "X-Autoreply") or _header(message, "X-Autorespond") or _suppresses_all(message):
        return "an automatic answer"
    if _header(message, "Precedence").strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return "sent to many"
    if "Return-Path" in message and _header(message, "Return-Path").strip() in {"", "<>"}:
        return "without a sender"
    return ""


def _suppresses_all(message: Message) -> bool:
    """As an absence notice says it; with fewer words it stands on what people write, too."""
    return "all" in _header(message, "X-Auto-Response-Suppress").lower().replace(",", " ").split()


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, without what is inside another mail that was forwarded whole."""
    stack, seen = [message], 0
    while stack and seen < MOST_PARTS:
        part, seen = stack.pop(), seen + 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inner: Any = part.get_payload()
            stack.extend(piece for piece in reversed(inner) if isinstance(piece, Message))
        else:
            yield part


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_name(part)) or part.get_content_maintype() != "text"


def _text(parts: list[Message]) -> str:
    """The plain words; where there are none, those of the HTML."""
    plain = [_words(part) for part in parts if part.get_content_type() == "text/plain" and not _is_file(part)]
    if any(words.strip() for words in plain):
        return "\n\n".join(plain)
    html = [_words(part) for part in parts if part.get_content_type() == "text/html" and not _is_file(part)]
    return "\n\n".join(plain_text(sanitise(words[:MOST_TEXT])).replace("\n", "\n\n") for words in html)


def _files(parts: list[Message]) -> Iterator[File]:
    for part in parts:
        data = _bytes(part) if _is_file(part) and part.get_content_type() not in _NO_FILES else b""
        if data:
            inline = part.get_content_disposition() != "attachment" and "Content-ID" in part
            yield File(_name(part) or f"file.{part.get_content_subtype()}", data, inline)


def _words(part: Message) -> str:
    data = _bytes(part)
    try:
        words = data.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeError, ValueError):
        try:
            words = data.decode("utf-8")
        except UnicodeDecodeError:
            words = data.decode("windows-1252", errors="replace")
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: Message) -> str:
    return " ".join(_decoded(part.get_filename() or "").split())[:200]


def _headers(message: Message, name: str) -> list[str]:
    return [" ".join(str(value).split()) for value in message.get_all(name, [])]


def _header(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _addresses(message: Message, names: tuple[str, ...]) -> list[str]:
    values = [value for name in names for value in _headers(message, name)]
    return [address.lower() for _, address in getaddresses(values) if "@" in address]


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text


def _passed(results: str, domain: str) -> bool:
    """DMARC's word where there is one, else that of SPF or DKIM for the sender's own domain: anybody's server passes for its own.
    Comments and quoted words, which hold what a stranger wrote, are left out first; what is nested deeper proves nothing."""
    bare = _ASIDE.sub(" ", _ASIDE.sub(" ", results))
    if not domain or any(mark in bare for mark in '()"'):
        return False
    said = [(found[1], found[2], part) for part in bare.split(";") if (found := _RESULT.match(part))]
    by_dmarc = [word == "pass" and set(_FROM.findall(part)) <= {domain} for method, word, part in said if method == "dmarc"]
    if by_dmarc:
        return all(by_dmarc)
    return any(word == "pass" and _is_for(domain, part) for _, word, part in said)


def _is_for(domain: str, part: str) -> bool:
    """The domain itself, or one below it: bounces come from there."""
    return any(other == domain or other.endswith(f".{domain}") for other in _FOR.findall(part))
