"""One SMTP connection, and what became of each message on it: never more certain than the server was.

The point of no return is the final dot. Before it nothing can have been accepted, so the message may start again; after it an
error means that nobody knows, and the message becomes `uncertain` instead of being sent twice.
"""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_SPEAKABLE = re.compile(r"[!-~]+@[!-~]+", re.ASCII)
_DOT = b".\r\n"
Fate = Literal["accepted", "deferred", "failed", "uncertain", "not_started"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` and `reply` are the server's; `recipient_refused`: the mailbox is at fault, not the message."""

    fate: Fate
    code: int | None = None
    reply: str = ""
    recipient_refused: bool = False

    @property
    def enhanced_code(self) -> str:
        found = _ENHANCED.match(self.reply)
        return found[1] if found else ""

    @property
    def is_dead_mailbox(self) -> bool:
        return self.recipient_refused and self.fate == "failed" and (self.enhanced_code or "5.1.1").startswith("5.1.")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. RFC 5321 allows ten minutes for the reply to the final dot."""

    connect: float = 10
    command: float = 60
    final_reply: float = 600
    messages_per_connection: int = 500


class SmtpSession:
    """A connection opened at the first message, used for many, and opened again after 421 or a fault.

    `url`: smtp://user:password@host:port, `smtps://` for TLS from the start, `?starttls=1` for STARTTLS.
    """

    def __init__(self, url: str, *, limits: Limits | None = None) -> None:
        self._url = urlsplit(url)
        self._limits = limits or Limits()
        self._connection: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def send(self, *, sender: str, recipient: str, data: bytes) -> Outcome:
        """Hand one message over. `data`: RFC 5322 bytes with CRLF. Never raises for what a server or network does, nor for an
        address that cannot be spoken in SMTP: it is refused as the server would."""
        if not _SPEAKABLE.fullmatch(recipient):
            return Outcome("failed", reply="the address cannot be written in SMTP", recipient_refused=True)
        try:
            connection = self._open()
            refusal = self._envelope(connection, sender, recipient)
            if refusal is not None:
                return refusal
            connection.send(_stuffed(data))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome("not_started", reply=_words(error))
        return self._finish(connection)

    def close(self) -> None:
        connection, self._connection, self._sent = self._connection, None, 0
        if connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.docmd("QUIT")
            connection.close()

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None and self._sent >= self._limits.messages_per_connection:
            self.close()
        if self._connection is None:
            self._connection = self._connect()
        self._sent += 1
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        url, limit = self._url, self._limits.connect
        host, port = url.hostname or "127.0.0.1", url.port or (465 if url.scheme == "smtps" else 25)
        connection: smtplib.SMTP
        if url.scheme == "smtps":
            connection = smtplib.SMTP_SSL(host, port, timeout=limit, context=ssl.create_default_context())
        else:
            connection = smtplib.SMTP(host, port, timeout=limit)
        if connection.sock is not None:
            connection.sock.settimeout(self._limits.command)
        if parse_qs(url.query).get("starttls"):
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if url.username:
            connection.login(unquote(url.username), unquote(url.password or ""))
        return connection

    def _envelope(self, connection: smtplib.SMTP, sender: str, recipient: str) -> Outcome | None:
        """None where the server waits for the message; else what it said instead."""
        for recipient_refused, command in ((False, f"MAIL FROM:<{sender}>"), (True, f"RCPT TO:<{recipient}>"), (False, "DATA")):
            code, reply = connection.docmd(command)
            if not 200 <= code < 400:
                outcome = _refusal(code, reply, recipient_refused=recipient_refused)
                self.close() if code in (421, -1) else connection.docmd("RSET")
                return outcome
        return None

    def _finish(self, connection: smtplib.SMTP) -> Outcome:
        try:
            if connection.sock is not None:
                connection.sock.settimeout(self._limits.final_reply)
            connection.send(_DOT)
            code, reply = connection.getreply()
            if connection.sock is not None:
                connection.sock.settimeout(self._limits.command)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome("uncertain", reply=_words(error))
        if code == -1:
            self.close()
            return Outcome("uncertain", reply="the connection ended without an answer")
        if 200 <= code < 300:
            return Outcome("accepted", code, _text(reply))
        outcome = _refusal(code, reply, recipient_refused=False)
        if code == 421:
            self.close()
        return outcome


def _refusal(code: int, reply: bytes, *, recipient_refused: bool) -> Outcome:
    fate: Fate = "not_started" if code == -1 else "failed" if code >= 500 else "deferred"
    return Outcome(fate, code, _text(reply), recipient_refused)


def _stuffed(data: bytes) -> bytes:
    """RFC 5321 §4.5.2: a line that begins with a dot gets another; the message ends with a line end."""
    lines = data.replace(b"\r\n.", b"\r\n..")
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _text(reply: bytes) -> str:
    return reply.decode("utf-8", "replace")[:500]


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
