"""What a mail server says afterwards of a mail of ours: it could not be delivered (RFC 3464), or its reader calls it unwanted
(RFC 5965). Pure.

Reads whatever a stranger sends: no bytes raise. Believes nothing: whose mail it was is decided elsewhere (mail/bounces.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser, HeaderParser
from typing import Any, Final, Literal

from mail.incoming import MOST_BOXES, MOST_PARTS

Verdict = Literal["hard", "soft", "complaint"]

_BOUNDARY: Final = re.compile(rb"boundary", re.IGNORECASE)
_BLANK_LINE: Final = re.compile(r"\r?\n[ \t]*\r?\n")
_STATUS: Final = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
_ENHANCED: Final = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP: Final = re.compile(r"smtp\s*;\s*([2-5]\d\d)\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s<>;:,()\"]{1,64}@[^\s<>;:,()\"]{1,189}")
_MSG_ID: Final = re.compile(r"<[!-;=?-~]+>", re.ASCII)
_STATUSES: Final = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED: Final = {"message/rfc822", "message/global"}
_RETURNED_HEADERS: Final = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
_MOST_RECIPIENTS: Final = 50
_ABOUT_THE_SENDER: Final = {"5.1.7", "5.1.8"}
_NO_SUCH_MAILBOX: Final = {"550", "551", "553"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of a report: what became of the mail to it. `code` is the finest that the server gave, empty where none."""

    addresses: frozenset[str]
    verdict: Literal["hard", "soft"]
    code: str


@dataclass(frozen=True, slots=True)
class Report:
    """`recipients`: those to whom the mail was not brought; none in a complaint, nor where it was only late. `message_id` and
    `senders` (envelope addresses): of the mail that came back, as far as it did."""

    is_complaint: bool
    recipients: tuple[Recipient, ...]
    message_id: str
    senders: tuple[str, ...]

    def verdict_on(self, address: str) -> tuple[Verdict, str] | None:
        """What it says of this address, with the code; None where it says nothing bad. A word about another address (somebody
        along the way forwards to it) is never more than soft: the mailbox that we write to may be there."""
        if self.is_complaint:
            return "complaint", ""
        own = [told for told in self.recipients if address in told.addresses]
        if own:
            worst = min(own, key=lambda told: told.verdict)
            return worst.verdict, worst.code
        return ("soft", self.recipients[0].code) if self.recipients else None


def read_report(raw: bytes) -> Report | None:
    """None for a mail that is no report about delivery and no complaint."""
    if len(_BOUNDARY.findall(raw)) > MOST_BOXES:
        return None
    try:
        message = message_from_bytes(raw)
        parts = list(_parts(message))
    except RecursionError:
        return None
    if message.get_content_type() != "multipart/report":
        return _plain_report(message)
    recipients = tuple(found for part in parts if part.get_content_type() in _STATUSES for found in _recipients(part))
    feedback = [part for part in parts if part.get_content_type() == "message/feedback-report"]
    returned = [found for part in parts for found in _returned(part)][:1]
    is_complaint = any(_is_complaint(block) for part in feedback for block in _blocks(part))
    told_senders = [_addresses(block, "Original-Mail-From") for part in feedback for block in _blocks(part)]
    senders = [*told_senders, *(_addresses(found, "Return-Path") for found in returned)]
    name = next((id_ for found in returned for id_ in _MSG_ID.findall(_header(found, "Message-ID"))), "")
    return Report(is_complaint, recipients, name[:250], tuple(address for found in senders for address in found))


def verdict(status: str, diagnostic: str) -> tuple[Literal["hard", "soft"], str]:
    """Hard: there is no such mailbox, and there will be none. Soft: full, away, too large, or not wanted from us; the code says
    which. What is said in detail outweighs x.0.0, which Exim says of everything."""
    code = _code(status, diagnostic)
    about_the_mailbox = code.startswith("5.1.") and code not in _ABOUT_THE_SENDER
    if about_the_mailbox or code == "5.2.1":
        return "hard", code
    smtp = _SMTP.search(diagnostic)
    if code in {"", "5.0.0"} and smtp and smtp[1] in _NO_SUCH_MAILBOX:
        return "hard", code or smtp[1]
    return "soft", code


def _code(status: str, diagnostic: str) -> str:
    told, finer = _STATUS.match(status), _ENHANCED.search(diagnostic)
    if told is None:
        return ".".join(finer.groups()) if finer else ""
    if finer and told[2] == told[3] == "0" and finer[1] == told[1]:
        return ".".join(finer.groups())
    return ".".join(told.groups())


def _recipients(part: Message) -> Iterator[Recipient]:
    """Those with `Action: failed`. `delayed` is followed by another report, the rest is no trouble."""
    for block in list(_blocks(part))[: _MOST_RECIPIENTS + 1]:
        if _header(block, "Action").strip().lower().split(" ")[0] != "failed":
            continue
        named = {*_addresses(block, "Final-Recipient"), *_addresses(block, "Original-Recipient")}
        said, code = verdict(_header(block, "Status"), _header(block, "Diagnostic-Code"))
        yield Recipient(frozenset(named), said, code)


def _plain_report(message: Message) -> Report | None:
    """As older Exim writes it: words, and the addresses in a header. Of no code, so never hard."""
    named = _addresses(message, "X-Failed-Recipients")
    if not named:
        return None
    return Report(False, (Recipient(frozenset(named), "soft", ""),), "", ())


def _is_complaint(block: Message) -> bool:
    """`not-spam` takes one back, `virus` and `auth-failure` are about something else."""
    return _header(block, "Feedback-Type").strip().lower() in {"abuse", "fraud", "opt-out", "opt-out-list", "other"}


def _parts(message: Message) -> Iterator[Message]:
    """Those of the report itself, not of the mail in it."""
    stack, seen = [message], 0
    while stack and seen < MOST_PARTS:
        part, seen = stack.pop(), seen + 1
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            stack.extend(reversed(_inner(part)))


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields: Python parts them for delivery-status alone; of other kinds it leaves all but the first as text."""
    for block in _inner(part):
        yield block
        rest = block.get_payload()
        if isinstance(rest, str) and rest.strip():
            yield from (HeaderParser().parsestr(piece.lstrip()) for piece in _BLANK_LINE.split(rest)[:_MOST_RECIPIENTS])


def _returned(part: Message) -> list[Message]:
    kind = part.get_content_type()
    if kind in _RETURNED or (kind in _RETURNED_HEADERS and part.get_content_maintype() == "message"):
        return _inner(part)
    if kind in _RETURNED_HEADERS:
        payload = part.get_payload(decode=True)
        return [BytesHeaderParser().parsebytes(payload)] if isinstance(payload, bytes) else []
    return []


def _inner(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return [piece for piece in payload if isinstance(piece, Message)] if isinstance(payload, list) else []


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _addresses(message: Message, name: str) -> list[str]:
    """Those that the header names, lower case. `rfc822;` and the like before them are passed over."""
    return [found.lower() for found in _ADDRESS.findall(_header(message, name)[:2_000])]
