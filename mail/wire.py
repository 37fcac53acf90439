"""A socket to one mail server: opened, signed in, spoken over. It knows no message and no row.

`Limits` are in seconds. Whatever goes wrong is an OSError: `NotHanded` where the server cannot have the whole message, `InDoubt`
where it may.
"""

import base64
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

MOST_IN_A_REPLY: Final = 65_536
_RECORD: Final = 16_384
"""Bytes of one TLS record: what fails in it may have left in part."""


class NotHanded(OSError):
    """Before the end of the message was given to the kernel: the server cannot have accepted it."""


class InDoubt(OSError):
    """After it."""


class NoReply(OSError):
    """The connection ended, or what came is no reply of SMTP."""


class Refused(OSError):
    """The server wants no session with us."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. RFC 5321 allows ten minutes for the reply to the final dot."""

    connect: float = 10
    command: float = 60
    final_reply: float = 600
    idle: float = 60
    messages_per_connection: int = 500


class Wire:
    """One connection, ready for MAIL FROM. `features`: what the server offers, in capitals.

    `url`: smtp://user:password@host:port, `smtps://` for TLS from the start, `?starttls=1` for STARTTLS, which is then required.
    """

    def __init__(self, url: str, limits: Limits) -> None:
        where = urlsplit(url)
        self._limits, self._rest, self.is_secure = limits, b"", False
        self._host = where.hostname or "127.0.0.1"
        port = where.port or (465 if where.scheme == "smtps" else 25)
        self._sock: socket.socket = socket.create_connection((self._host, port), limits.connect)
        done = False
        try:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if where.scheme == "smtps":
                self._secure()
            self._expect(220, self.reply(limits.connect))
            self.features = self._greeted()
            if parse_qs(where.query).get("starttls"):
                self._expect(220, self.ask("STARTTLS"))
                self._secure()
                self.features = self._greeted()
            if where.username:
                self._sign_in(unquote(where.username), unquote(where.password or ""))
            done = True
        finally:
            if not done:
                self._sock.close()

    @property
    def pipelines(self) -> bool:
        return "PIPELINING" in self.features

    def ask(self, command: str) -> tuple[int, str]:
        self.say(command.encode() + b"\r\n")
        return self.reply()

    def say(self, data: bytes) -> None:
        """Commands, of which nothing hangs on how many arrive."""
        self._sock.settimeout(self._limits.command)
        self._sock.sendall(data)

    def hand(self, data: bytes, *, end: int) -> None:
        """A message and perhaps commands behind it; its final dot ends before `end`. Raises NotHanded, InDoubt."""
        view, sent = memoryview(data), 0
        size = _RECORD if self.is_secure else len(data)
        self._sock.settimeout(self._limits.command)
        while sent < len(data):
            part = view[sent : sent + size]
            try:
                sent += self._sock.send(part)
            except OSError as error:
                reached = sent + (len(part) if self.is_secure else 0)
                raise (InDoubt if reached >= end else NotHanded)(str(error)) from error

    def reply(self, seconds: float | None = None) -> tuple[int, str]:
        """Code and words, the lines of a long reply joined. Raises NoReply, TimeoutError."""
        until = time.monotonic() + (self._limits.command if seconds is None else seconds)
        words: list[str] = []
        size = 0
        while True:
            line = self._line(until)
            size += len(line)
            code, more, text = line[:3], line[3:4], line[4:].strip()
            if not (code.isdigit() and code[:1] in b"2345" and more in {b"", b" ", b"-"}) or size > MOST_IN_A_REPLY:
                raise NoReply("what came is no reply of a mail server")
            words.append(text.decode("utf-8", "replace"))
            if more != b"-":
                return int(code), "\n".join(words)

    def close(self, *, politely: bool) -> None:
        """`politely`: the server waits for a command, so it is told."""
        try:
            if politely:
                self._sock.settimeout(1)
                self._sock.sendall(b"QUIT\r\n")
        except OSError:
            pass
        finally:
            self._sock.close()

    def _line(self, until: float) -> bytes:
        while (end := self._rest.find(b"\n")) < 0:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server said nothing in time")
            self._sock.settimeout(left)
            came = self._sock.recv(_RECORD)
            if not came:
                raise NoReply("the connection ended without an answer")
            self._rest += came
            if len(self._rest) > MOST_IN_A_REPLY:
                raise NoReply("what came is no reply of a mail server")
        line, self._rest = self._rest[:end].removesuffix(b"\r"), self._rest[end + 1 :]
        return line

    def _secure(self) -> None:
        """What came before in the clear is not believed afterwards."""
        self._rest = b""
        self._sock.settimeout(self._limits.connect)
        self._sock = ssl.create_default_context().wrap_socket(self._sock, server_hostname=self._host)
        self.is_secure = True

    def _greeted(self) -> frozenset[str]:
        code, words = self.ask(f"EHLO {_own_name()}")
        if 500 <= code < 600:
            self._expect(250, self.ask(f"HELO {_own_name()}"))
            return frozenset()
        self._expect(250, (code, words))
        return frozenset(line.upper() for line in words.split("\n")[1:])

    def _sign_in(self, name: str, password: str) -> None:
        offered = next((line.split()[1:] for line in self.features if line.startswith("AUTH ")), [])
        if "PLAIN" in offered or "LOGIN" not in offered:
            self._expect(235, self.ask("AUTH PLAIN " + _base64(f"\0{name}\0{password}")))
            return
        self._expect(334, self.ask("AUTH LOGIN"))
        self._expect(334, self.ask(_base64(name)))
        self._expect(235, self.ask(_base64(password)))

    def _expect(self, wanted: int, came: tuple[int, str]) -> None:
        if came[0] != wanted:
            raise Refused(f"{came[0]} {came[1]}"[:500])


def _base64(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


@cache
def _own_name() -> str:
    """For EHLO: a name with a dot, else an address."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
