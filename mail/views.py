"""Where a mail server or a provider brings the mail that came to us."""

import base64
import binascii
import hashlib
import hmac
import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mail.inbound import keep_mail

GOOD_FOR = 300
"""Seconds between the signature and us: a request that somebody kept is of no use later, and within them the mail is known."""


@csrf_exempt
@require_POST
def inbound(request: HttpRequest) -> HttpResponse:
    """One mail as it came (RFC 5322), or as `{"raw": "<base64>"}`. Signed over the moment and the body:
    `X-Plenary-Signature: hex(HMAC-SHA256(INBOUND_SECRET, X-Plenary-Timestamp + "." + body))`. 200 means kept, also for one that
    was brought before; whatever else means: bring it again later."""
    if not settings.INBOUND_SECRET:
        raise Http404
    body = request.read(settings.INBOUND_MAX_MB * 1_500_000 + 1)
    if len(body) > settings.INBOUND_MAX_MB * 1_500_000:
        return _said(413, "This mail is too large.")
    if not _is_signed(request, body):
        return _said(403, "The signature does not fit.")
    raw = _mail_of(request, body)
    if not raw:
        return _said(400, "There is no mail in this.")
    keep_mail(raw, at=timezone.now())
    return _said(200, "Kept.")


def _is_signed(request: HttpRequest, body: bytes) -> bool:
    moment, signature = request.headers.get("X-Plenary-Timestamp", ""), request.headers.get("X-Plenary-Signature", "")
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12 and signature.isascii()):
        return False
    if abs(timezone.now().timestamp() - int(moment)) > GOOD_FOR:
        return False
    expected = hmac.new(settings.INBOUND_SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature.lower())


def _mail_of(request: HttpRequest, body: bytes) -> bytes:
    if request.content_type != "application/json":
        return body
    try:
        told = json.loads(body)
        return base64.b64decode(told["raw"]) if isinstance(told, dict) and isinstance(told.get("raw"), str) else b""
    except (ValueError, binascii.Error, RecursionError):
        return b""


def _said(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")
