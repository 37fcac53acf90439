"""How a mail server or a provider proves that it is the one who brings a mail, and where in the request the mail is: one class a
way, named in settings.INBOUND_WAY. The secret is settings.INBOUND_SECRET.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from common.errors import DomainError

GOOD_FOR: Final = 300
"""Seconds between the proof and us: a request that somebody kept is of no use later, and within them the mail is known."""
_FIELD: Final = re.compile(rb';\s*name="?([^";\r\n]+)"?', re.IGNORECASE)
_CUT: Final = re.compile(r'boundary="?([^";,]{1,200})"?', re.IGNORECASE)
_MOST_FIELDS: Final = 100


class NotProven(DomainError):
    """Somebody else, or too late."""

    status = 403


class PasswordWanted(NotProven):
    """A provider that is told 403 may give the mail up (Postmark does); after a 401 it comes again, once the secret is right."""

    status = 401


class WayIn(Protocol):
    """`mail_of` gives the mail as it came (RFC 5322), empty where there is none in the request. Raises NotProven."""

    def mail_of(self, request: HttpRequest, body: bytes, *, at: datetime) -> bytes: ...


class SignedBody:
    """Ours: `X-Plenary-Signature: hex(HMAC-SHA256(secret, X-Plenary-Timestamp + "." + body))`; the body is the mail, or
    `{"raw": "<base64>"}`."""

    def mail_of(self, request: HttpRequest, body: bytes, *, at: datetime) -> bytes:
        moment, signature = request.headers.get("X-Plenary-Timestamp", ""), request.headers.get("X-Plenary-Signature", "")
        _prove(moment, signature, moment.encode() + b"." + body, at=at)
        if request.content_type != "application/json":
            return body
        try:
            return base64.b64decode(_told(body, "raw"))
        except (ValueError, binascii.Error):
            return b""


class SignedToken:
    """As Mailgun does it: a form with `timestamp`, `token`, `signature` = hex(HMAC-SHA256(secret, timestamp + token)), and
    `body-mime`. The signature does not hold the body, so a token is good for one mail alone."""

    def mail_of(self, request: HttpRequest, body: bytes, *, at: datetime) -> bytes:
        form = _form(request, body)
        moment, token, signature = (form.get(name, b"").decode("latin-1") for name in ("timestamp", "token", "signature"))
        if not (token.isascii() and 16 <= len(token) <= 200):
            raise NotProven("There is no token.")
        _prove(moment, signature, (moment + token).encode(), at=at)
        raw = form.get("body-mime", b"")
        key, name = f"mail:way-in:{hashlib.sha256(token.encode()).hexdigest()}", hashlib.sha256(raw).hexdigest()
        if not cache.add(key, name, 2 * GOOD_FOR) and cache.get(key) != name:
            raise NotProven("This token was used for another mail.")
        return raw


class Password:
    """As Postmark does it: name and password in the address that it calls (INBOUND_SECRET is `name:password`), over TLS. The
    body is JSON with the whole mail in `RawEmail`, or the mail itself."""

    def mail_of(self, request: HttpRequest, body: bytes, *, at: datetime) -> bytes:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if not request.is_secure() or scheme.lower() != "basic":
            raise PasswordWanted("A name and a password over TLS are wanted.")
        try:
            said = base64.b64decode(given, validate=True)
        except (ValueError, binascii.Error):
            said = b""
        if not hmac.compare_digest(said, settings.INBOUND_SECRET.encode()):
            raise PasswordWanted("Name and password do not fit.")
        return body if request.content_type != "application/json" else _told(body, "RawEmail").encode("utf-8", "replace")


def _prove(moment: str, signature: str, told: bytes, *, at: datetime) -> None:
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12 and signature.isascii()):
        raise NotProven("There is no signature.")
    if abs(at.timestamp() - int(moment)) > GOOD_FOR:
        raise NotProven("The signature is too old.")
    expected = hmac.new(settings.INBOUND_SECRET.encode(), told, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature.lower()):
        raise NotProven("The signature does not fit.")


def _told(body: bytes, name: str) -> str:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""


def _form(request: HttpRequest, body: bytes) -> dict[str, bytes]:
    """The fields of a form. Django's own parser stops at two megabytes of text, and a mail is text."""
    if request.content_type == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode("latin-1"), encoding="latin-1", max_num_fields=_MOST_FIELDS)
        except ValueError:
            return {}
        return {name: value.encode("latin-1") for name, value in pairs}
    cut = _CUT.search(request.headers.get("Content-Type", ""))
    if request.content_type != "multipart/form-data" or cut is None:
        return {}
    found = {}
    for piece in (b"\r\n" + body).split(b"\r\n--" + cut[1].encode("latin-1", "replace"), _MOST_FIELDS)[1:]:
        head, _, value = piece.partition(b"\r\n\r\n")
        name = _FIELD.search(head)
        if name:
            found[name[1].decode("latin-1")] = value
    return found
