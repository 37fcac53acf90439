"""Messages over one connection at a time, and what became of each: never more certain than the server was.

The point of no return is the final dot. Before its last byte went to the kernel nothing can have been accepted, so the message
may start again; after it an error means that nobody knows, and the message becomes `uncertain` instead of being sent twice.

Where the server offers PIPELINING, the end of a message and the envelope of the next leave in one write, so that a message costs
one round trip and at most one is ever in the gap between its dot and its answer.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from mail.reports import verdict
from mail.wire import Limits, NotHanded, Wire

__all__ = ["Envelope", "Handed", "Limits", "Outcome", "SmtpSession"]

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
        """By the code that a report would say it with; not where the server has something against our own address (5.1.8)."""
        is_gone = self.recipient_refused and self.fate == "failed"
        return is_gone and verdict(self.enhanced_code, f"smtp; {self.code}")[0] == "hard"


@dataclass(frozen=True, slots=True)
class Envelope:
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a message, and of the envelope behind it: `is_open`, or `refused`, or neither: then it was not tried."""

    outcome: Outcome
    is_open: bool = False
    refused: Outcome | None = None


class SmtpSession:
    """A connection opened at the first message, used for many, and opened again after 421, a fault, `Limits.idle` or so many
    messages. `urls`: relays (see `Wire`), tried in turn; the one that answered is kept.

    `send` is one message by itself. For a crowd: `open` an envelope, then `finish` its message with the next envelope behind it.
    `pool` names what it sends for (mail/pools.py).
    """

    def __init__(self, urls: str | Sequence[str], *, limits: Limits | None = None, pool: str = "") -> None:
        self._urls = [urls] if isinstance(urls, str) else list(urls)
        self._limits = limits or Limits()
        self._wire: Wire | None = None
        self._relay = self._sent = 0
        self._used_at = 0.0
        self._is_open = self._must_reset = False
        self.is_away = False
        self.pool = pool
        self.tried = self.put_off = 0
        """Messages that the server answered for, and how many of them it put off (mail/handover.py)."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def send(self, *, sender: str, recipient: str, data: bytes) -> Outcome:
        """Hand one message over. `data`: RFC 5322 bytes with CRLF. Never raises for what a server or network does, nor for an
        address that cannot be spoken in SMTP: it is refused as the server would."""
        refused = self.open(Envelope(sender, recipient))
        return refused if refused is not None else self.finish(data).outcome

    def open(self, envelope: Envelope) -> Outcome | None:
        """None: the server waits for the message, and `finish` or `close` must follow. Else what it said instead. Tried once more
        where a connection that was used before is gone."""
        self._is_open = False
        if not _SPEAKABLE.fullmatch(envelope.recipient):
            return Outcome("failed", reply="the address cannot be written in SMTP", recipient_refused=True)
        used_before = self._wire is not None and self._sent > 0
        outcome = self._opened(envelope)
        if outcome is not None and outcome.fate == "not_started" and used_before and not self.is_away:
            outcome = self._opened(envelope)
        return outcome

    def finish(self, data: bytes, *, then: Envelope | None = None) -> Handed:
        """The message of the open envelope, and the envelope `then`, in one write where the server takes that."""
        wire = self._wire
        assert wire is not None
        assert self._is_open, "no envelope is open"
        self._is_open = False
        message = _stuffed(data) + _DOT
        behind = self._commands(then) if then and wire.pipelines and not self._is_spent and _speakable(then) else b""
        try:
            wire.hand(message + behind, end=len(message))
            code, words = wire.reply(self._limits.final_reply)
        except NotHanded as error:
            self.close()
            return Handed(Outcome("not_started", reply=_words(error)))
        except OSError as error:
            self.close()
            return Handed(Outcome("uncertain", reply=_words(error)))
        self._sent, self._used_at = self._sent + 1, time.monotonic()
        outcome = _outcome(code, words)
        if code == 421:
            self.close()
            return Handed(outcome)
        if not behind:
            return Handed(outcome)
        refused = self._answered(wire)
        return Handed(outcome, is_open=self._is_open, refused=refused if refused and refused.fate != "not_started" else None)

    def close(self) -> None:
        """An open envelope is let go: the server has nothing of its message."""
        wire, self._wire, self._sent = self._wire, None, 0
        is_open, self._is_open, self._must_reset = self._is_open, False, False
        if wire is not None:
            wire.close(politely=not is_open)

    @property
    def _is_spent(self) -> bool:
        return self._sent + 1 >= self._limits.messages_per_connection

    def _opened(self, envelope: Envelope) -> Outcome | None:
        try:
            wire = self._connected()
            if wire.pipelines:
                wire.say(self._commands(envelope))
        except OSError as error:
            self.close()
            return Outcome("not_started", reply=_words(error))
        return self._answered(wire, one_by_one=None if wire.pipelines else envelope)

    def _commands(self, envelope: Envelope) -> bytes:
        return b"".join(line.encode() + b"\r\n" for line in self._lines(envelope))

    def _lines(self, envelope: Envelope) -> list[str]:
        reset = ["RSET"] if self._must_reset else []
        return [*reset, f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>", "DATA"]

    def _answered(self, wire: Wire, *, one_by_one: Envelope | None = None) -> Outcome | None:
        """The answers to an envelope: None where the server waits for its message."""
        try:
            outcome, last = self._heard(wire, one_by_one)
            if outcome is not None and last == 354:
                wire.say(_DOT)  # RFC 2920 §3.1: a message to nobody, which the server refuses
                last = wire.reply()[0]
        except OSError as error:
            self.close()
            return Outcome("not_started", reply=_words(error))
        self._used_at = time.monotonic()
        self._is_open, self._must_reset = outcome is None, outcome is not None
        if outcome is not None and 421 in (outcome.code, last):
            self.close()
        return outcome

    def _heard(self, wire: Wire, one_by_one: Envelope | None) -> tuple[Outcome | None, int]:
        """The first refusal, and the last code. Of a group that left at once all answers are waited for."""
        outcome, code = None, 0
        expected = ["RSET"] if self._must_reset else []
        commands = self._lines(one_by_one) if one_by_one else [*expected, "MAIL", "RCPT", "DATA"]
        for command in commands:
            code, words = wire.ask(command) if one_by_one else wire.reply()
            wanted = 354 if command == "DATA" else 250
            if code // 100 != wanted // 100 and outcome is None:
                outcome = _outcome(code, words, recipient_refused=command.startswith("RCPT"))
                if one_by_one or code == 421:
                    break
        return outcome, code

    def _connected(self) -> Wire:
        is_idle = time.monotonic() - self._used_at > self._limits.idle
        if self._wire is not None and (self._sent >= self._limits.messages_per_connection or is_idle):
            self.close()
        if self._wire is None:
            self._wire = self._connect()
        return self._wire

    def _connect(self) -> Wire:
        """To the relay that answered last; where it does not, to the others in turn. Raises what the last one did."""
        for place in range(len(self._urls)):
            relay = (self._relay + place) % len(self._urls)
            try:
                wire = Wire(self._urls[relay], self._limits)
            except OSError:
                self.is_away = True
                if place == len(self._urls) - 1:
                    raise
            else:
                self._relay, self.is_away, self._used_at = relay, False, time.monotonic()
                return wire
        raise NotHanded("there is no relay")


def _outcome(code: int, words: str, *, recipient_refused: bool = False) -> Outcome:
    fate: Fate = "accepted" if 200 <= code < 300 else "failed" if code >= 500 else "deferred"
    return Outcome(fate, code, words[:500], recipient_refused)


def _speakable(envelope: Envelope) -> bool:
    return bool(_SPEAKABLE.fullmatch(envelope.recipient))


def _stuffed(data: bytes) -> bytes:
    """RFC 5321 §4.5.2: a line that begins with a dot gets another; the message ends with a line end."""
    lines = data.replace(b"\r\n.", b"\r\n..")
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _words(error: OSError) -> str:
    return f"{type(error).__name__}: {error}"[:500]
