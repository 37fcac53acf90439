"""Mail that comes in: kept as a row first, taken in afterwards, once however often it is brought.

Safe to call twice, in parallel, and after a crash at any statement: an attempt is written down before it is made, and what came
of it is written in the transaction that did it.
"""

import hashlib
import logging
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from common.wakeups import wake_on_commit
from mail.bounces import take_report
from mail.incoming import CUT_HEADER, read_mail
from mail.kinds import Taken, inbound_kind
from mail.models import InboundMail
from mail.reports import read_report

log = logging.getLogger("plenary.inbound")

LEASE = timedelta(minutes=2)
KEPT_FOR = timedelta(days=90)
"""So long a mail is known again; then nothing is left of it."""


def keep_mail(raw: bytes, *, at: datetime) -> InboundMail:
    """Keep a mail until it is taken in. Brought again (the same Message-ID), the first stays as it is. Of one that is larger than
    INBOUND_MAX_MB only the headers are kept, so that its door can say so to whom it is from."""
    came = read_mail(raw[: 64 * 1024])
    name = hashlib.sha256(came.message_id.encode() or raw).hexdigest()
    kept = headers_alone(raw) if too_large(len(raw)) else raw
    row, made = InboundMail.objects.get_or_create(
        name=name, defaults={"message_id": came.message_id, "came_at": at, "next_attempt_at": at, "raw": kept}
    )
    if made:
        wake_on_commit("mail.take_in")
    return row


def too_large(size: int) -> bool:
    return size > settings.INBOUND_MAX_MB * 1_000_000


def headers_alone(raw: bytes) -> bytes:
    """Of a mail that is too large, or its headers: what is kept, with a line that says so."""
    headers = re.split(rb"\r?\n\r?\n", raw[: 64 * 1024], maxsplit=1)[0]
    return headers.rstrip(b"\r\n") + b"\n" + CUT_HEADER.encode() + b": too large\n\n"


def take_in_next(*, at: datetime) -> InboundMail | None:
    """Take in the oldest mail that is due and in nobody's hands; None where there is none. Whatever a door raises passes through:
    the mail waits, twice as long each time, and is left lying at last, where somebody can look at it."""
    row = _claim(at)
    if row is None:
        return None
    with transaction.atomic():
        row = InboundMail.objects.select_for_update().get(pk=row.pk)
        if row.outcome or row.raw is None:
            return row
        taken = _taken(bytes(row.raw), row, at=at)
        row.outcome, row.answer, row.raw = taken.outcome, taken.answer[:400], None
        row.save(update_fields=["outcome", "answer", "raw"])
    log.info("inbound mail %s: %s", row.pk, row.outcome)
    return row


def forget_old(*, at: datetime) -> int:
    """Rows of mails that came long ago."""
    return InboundMail.objects.exclude(outcome="").filter(came_at__lt=at - KEPT_FOR).delete()[0]


def _claim(at: datetime) -> InboundMail | None:
    with transaction.atomic():
        row = InboundMail.objects.due(at).select_for_update(skip_locked=True).order_by("pk").first()
        if row is not None:
            row.next_attempt_at = at + LEASE / settings.SPEED * 2**row.attempts
            row.attempts += 1
            row.save(update_fields=["next_attempt_at", "attempts"])
    return row


def _taken(raw: bytes, row: InboundMail, *, at: datetime) -> Taken:
    """What servers report of our own mail is noted. Machines are not answered, nor is our own mail that comes back."""
    came = read_mail(raw)
    report = read_report(raw)
    if report is not None:
        return take_report(report, came_to=came.recipients, at=at)
    if came.automatic or any(f".{settings.MAIL_DOMAIN}>" in named for named in came.list_ids):
        return Taken("dropped")
    tokens = came.tokens(set(settings.INBOUND_KINDS))
    if not tokens:
        return Taken("unknown")
    kind, token = tokens[0]
    return inbound_kind(kind).take(came, token, name=row.name, inbound=row.pk, at=at)
