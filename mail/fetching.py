"""Answers by mail out of a mailbox (IMAP), for whoever has no webhook.

A mail is marked as seen only after it is kept; one that is brought again is known by its Message-ID.
"""

import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import unquote, urlsplit

from common.models import Heartbeat
from mail.inbound import headers_alone, keep_mail, too_large

log = logging.getLogger("plenary.inbound")

AT_ONCE = 50
SECONDS_TO_WAIT = 30


def fetch_mails(url: str, *, clock: Callable[[], datetime]) -> int:
    """Keep what is unseen in the folder that `url` names (imaps://user:password@host:993/INBOX; imap:// without TLS, for a server
    on this machine). Returns how many were brought. A server that is away, is not who it should be, or says no is told in the
    log and fails nothing; `/readyz` says so as long as no fetch comes to its end."""
    try:
        with _mailbox(url) as box:
            brought = sum(1 for _ in _brought(box, clock))
    except ssl.SSLCertVerificationError as problem:
        log.warning("the mailbox for answers is not read: its server's certificate is not valid: %s", problem.verify_message)
        return 0
    except (imaplib.IMAP4.error, OSError) as problem:
        log.warning("the mailbox for answers cannot be read: %s", type(problem).__name__)
        return 0
    Heartbeat.objects.update_or_create(name="mailbox", defaults={"at": clock()})
    return brought


def _brought(box: imaplib.IMAP4, clock: Callable[[], datetime]) -> Iterator[str]:
    _, found = box.uid("SEARCH", "UNSEEN")
    for uid in (found[0] or b"").decode("ascii").split()[:AT_ONCE]:
        raw = _message(box, uid)
        if raw is not None:
            keep_mail(raw, at=clock())
        box.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")
        yield uid


def _message(box: imaplib.IMAP4, uid: str) -> bytes | None:
    """Of one that is too large to be asked for its headers; None for one that is gone."""
    _, told = box.uid("FETCH", uid, "(RFC822.SIZE)")
    words = b" ".join(part for part in told if isinstance(part, bytes)).decode("ascii", "replace")
    size = words.rpartition("RFC822.SIZE ")[2].split(" ")[0].rstrip(")")
    if size.isdecimal() and too_large(int(size)):
        log.warning("a mail of %s bytes in the mailbox for answers is too large", size)
        headers = _part(box, uid, "BODY.PEEK[HEADER]")
        return headers and headers_alone(headers)
    return _part(box, uid, "BODY.PEEK[]")


def _part(box: imaplib.IMAP4, uid: str, what: str) -> bytes | None:
    _, parts = box.uid("FETCH", uid, f"({what})")
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    place = urlsplit(url)
    host, secure = place.hostname or "", place.scheme == "imaps"
    box: imaplib.IMAP4
    if secure:
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=context, timeout=SECONDS_TO_WAIT)
    else:
        box = imaplib.IMAP4(host, place.port or 143, timeout=SECONDS_TO_WAIT)
    with box:
        box.login(unquote(place.username or ""), unquote(place.password or ""))
        status, _ = box.select(_quoted(unquote(place.path.strip("/")) or "INBOX"))
        if status != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield box


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
