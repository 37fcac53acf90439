"""A mail server that counts: takes what it is given over SMTP, keeps nothing but a line for each message, and misbehaves as told.

For drills and benches, on the loopback only. A message's line is in the record before its 250 is on the wire, so the record is
the truth about what arrived, whoever is killed. `running(record)` starts one as a process of its own; `python -m mail.sink
--help` says the same for a shell. Pure: no Django.
"""

import argparse
import asyncio
import base64
import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

_MESSAGE_ID: Final = re.compile(rb"^message-id:[ \t]*(?:\r\n[ \t]+)?(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS: Final = re.compile(rb"<([^>]*)>")
_END: Final = b"\r\n.\r\n"
_ROOT: Final = Path(__file__).resolve().parents[1]

Place = Literal["connect", "ehlo", "mail", "rcpt", "data", "body", "dot"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One misbehaviour. At `place`: `say` this reply instead; or wait `seconds` first; or `close` without a word; or write the
    first `half` bytes of the reply and close. Of the messages (or connections) that come by it hits those whose recipient has
    `to` in it, by the `share` of chance, `times` in all (0: always). `body` is after 354 and before the dot. At `dot`, a message
    is in the record unless `lost`, or refused by `say`."""

    place: Place
    say: str = ""
    seconds: float = 0.0
    close: bool = False
    half: int = 0
    to: str = ""
    share: float = 1.0
    times: int = 0
    lost: bool = False


@dataclass(slots=True)
class Behaviour:
    """`delay`: seconds before what is answered at once (a message, where it is pipelined), as of a server that far away. `user`:
    `name:password` that must sign in first, by one of the `mechanisms`."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0
    pipelining: bool = True
    starttls: bool = False
    user: str = ""
    mechanisms: str = "PLAIN LOGIN"
    seed: int = 7

    @classmethod
    def told(cls, words: str) -> "Behaviour":
        """Out of JSON, as `asdict` writes it."""
        given: dict[str, Any] = json.loads(words)
        return cls(**given | {"rules": tuple(Rule(**each) for each in given.get("rules", ()))})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A line of the record. `at`: seconds since 1970. `connection`: which one of this sink brought it."""

    message_id: str
    recipient: str
    sender: str
    size: int
    at: float
    connection: int


def arrivals(record: Path) -> Iterator[Arrival]:
    """What is in a record. A line that is being written is left for later."""
    if not record.exists():
        return
    with record.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.endswith("\n"):
                name, recipient, sender, size, at, connection = line[:-1].split("\t")
                yield Arrival(name, recipient, sender, int(size), float(at), int(connection))


@dataclass(frozen=True, slots=True)
class Running:
    """A sink that listens. `url` as SMTP_URL has it."""

    url: str
    record: Path
    process: "subprocess.Popen[str]"

    def arrivals(self) -> list[Arrival]:
        return list(arrivals(self.record))

    def counted(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(each.message_id for each in arrivals(self.record))

    def knows(self, names: Iterable[str]) -> set[str]:
        """Those of the Message-IDs that arrived: what a mail server's log would say."""
        return set(names) & set(self.counted())

    def behave(self, behaviour: Behaviour) -> None:
        """From now on, also on connections that are open. Returns when it holds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(behaviour)) + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


@contextmanager
def running(record: Path, behaviour: Behaviour | None = None, *, fsync: bool = False, port: int = 0) -> Iterator[Running]:
    """A sink in a process of its own, on a free port unless one is named. Ends with the block."""
    command = [sys.executable, "-m", "mail.sink", "--record", str(record), "--port", str(port), *(["--fsync"] if fsync else [])]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        running_sink = Running(process.stdout.readline().strip(), record, process)
        if behaviour is not None:
            running_sink.behave(behaviour)
        yield running_sink
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@dataclass
class Sink:
    """The sink itself, for a process or a thread. `messages`: whole ones, kept where `keeps` is set."""

    record: Path
    behaviour: Behaviour = field(default_factory=Behaviour)
    fsync: bool = False
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    keeps: bool = False
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    writes: int = 0
    """How many of the client's writes (as far as the kernel kept them apart) came in."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.behaviour.seed)  # noqa: S311 - decides whom a fault hits
        self.used: Counter[Rule] = Counter()
        self._file = os.open(self.record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @property
    def url(self) -> str:
        return f"{'smtps' if self.tls_at_once else 'smtp'}://127.0.0.1:{self.port}"

    def write(self, lines: bytes) -> None:
        """In the record, as far as the kernel keeps its word (or the disk, with `fsync`)."""
        os.write(self._file, lines)
        if self.fsync:
            os.fsync(self._file)

    def hit(self, place: Place, recipient: str = "") -> Rule | None:
        """The first rule that wants this one."""
        for rule in self.behaviour.rules:
            if rule.place != place or rule.to not in recipient or (rule.times and self.used[rule] >= rule.times):
                continue
            if rule.share >= 1 or self.dice.random() < rule.share:
                self.used[rule] += 1
                return rule
        return None

    async def serve(self, *, port: int = 0) -> asyncio.Server:
        tls = self.tls if self.tls_at_once else None
        server = await asyncio.start_server(self._speak, "127.0.0.1", port, limit=2**22, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await _Talk(self, reader, writer, self.connections).hold()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    @contextmanager
    def in_thread(self) -> Iterator["Sink"]:
        """Listens from a thread of this process."""
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def start() -> None:
            await self.serve()
            ready.set()

        def work() -> None:
            loop.create_task(start())
            loop.run_forever()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()
            os.close(self._file)


class _Hung(OSError):
    """The connection was closed by a rule."""


class _Talk:
    """One connection. What was read but not used waits in `_rest`; replies to a pipelined group leave in one write."""

    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self._sink, self._reader, self._writer, self._number = sink, reader, writer, number
        self._rest, self._replies, self._lines = b"", [], b""  # type: tuple[bytes, list[bytes], bytes]
        self._sender: str | None = None
        self._recipient = ""
        self._signed_in = False

    async def hold(self) -> None:
        await self._reply("connect", "220 127.0.0.1 ESMTP counting")
        while True:
            line = await self._line()
            if line is None:
                return
            verb = line[:4].upper()
            if verb == b"QUIT":
                await self._reply(None, "221 2.0.0 bye")
                await self._flush()
                return
            if verb == b"DATA":
                await self._message()
            else:
                await self._command(verb, line)

    async def _command(self, verb: bytes, line: bytes) -> None:
        if verb in {b"EHLO", b"HELO"}:
            await self._reply("ehlo", self._features())
        elif verb == b"STAR" and not (self._sink.behaviour.starttls and self._sink.tls):
            await self._reply(None, "502 5.5.1 no TLS here")
        elif verb == b"STAR":
            await self._start_tls()
        elif verb == b"AUTH":
            await self._sign_in(line)
        elif verb == b"MAIL" and self._sink.behaviour.user and not self._signed_in:
            await self._reply(None, "530 5.7.0 sign in first")
        elif verb == b"MAIL":
            said = await self._reply("mail", "250 2.1.0 OK")
            self._sender, self._recipient = _address(line) if said.startswith("2") else None, ""
        elif verb == b"RCPT" and self._sender is None:
            await self._reply(None, "503 5.5.1 MAIL first")
        elif verb == b"RCPT":
            said = await self._reply("rcpt", "250 2.1.5 OK", recipient=_address(line))
            self._recipient = _address(line) if said.startswith("2") else ""
        else:
            await self._reply(None, "250 2.0.0 OK")

    async def _message(self) -> None:
        if not self._recipient:
            said = await self._reply("data", "554 5.5.1 no valid recipients")
            if said.startswith("354"):
                await self._until_dot()
                await self._reply(None, "554 5.5.1 no valid recipients")
            return
        said = await self._reply("data", "354 go on", recipient=self._recipient)
        if not said.startswith("354"):
            return
        rule = self._sink.hit("body", self._recipient)
        if rule is not None:
            await self._flush()
            await self._obey(rule, "")
        data = await self._until_dot()
        if data is None:
            raise _Hung
        rule = self._sink.hit("dot", self._recipient)
        refused = rule is not None and bool(rule.say) and not rule.say.startswith("2")
        if not refused and not (rule is not None and rule.lost):
            self._note(data)
        await self._reply_as(rule, "250 2.0.0 counted")

    def _note(self, data: bytes) -> None:
        head = data[: data.find(b"\r\n\r\n") + 2 or None]
        found = _MESSAGE_ID.search(head)
        name = found[1].decode("utf-8", "replace") if found else ""
        told = (name, self._recipient, self._sender or "", str(len(data)), f"{time.time():.6f}", str(self._number))
        self._lines += ("\t".join(told) + "\n").encode()
        if self._sink.keeps:
            self._sink.messages.append(data)

    async def _reply(self, place: Place | None, words: str, *, recipient: str = "") -> str:
        return await self._reply_as(self._sink.hit(place, recipient) if place else None, words)

    async def _reply_as(self, rule: Rule | None, words: str) -> str:
        """What is said in the end. Where nothing delays, replies wait for each other until the client is waited for."""
        if rule is not None:
            await self._flush()
            await self._obey(rule, words)
            words = rule.say or words
        self._replies.append(words.encode() + b"\r\n")
        if words.startswith("421"):
            await self._flush()
            raise _Hung
        return words

    async def _obey(self, rule: Rule, words: str) -> None:
        if rule.seconds:
            await asyncio.sleep(rule.seconds)
        if rule.half:
            self._replies.append((rule.say or words).encode()[: rule.half])
            await self._flush()
        if rule.close or rule.half:
            raise _Hung

    async def _flush(self) -> None:
        if self._lines:
            self._sink.write(self._lines)
            self._lines = b""
        if self._replies:
            if self._sink.behaviour.delay:
                await asyncio.sleep(self._sink.behaviour.delay)
            self._writer.write(b"".join(self._replies))
            self._replies = []
            await self._writer.drain()

    async def _more(self) -> bool:
        await self._flush()
        came = await self._reader.read(2**18)
        self._sink.writes += 1
        self._rest += came
        return bool(came)

    async def _line(self) -> bytes | None:
        while (end := self._rest.find(b"\r\n")) < 0:
            if not await self._more():
                return None
        line, self._rest = self._rest[:end], self._rest[end + 2 :]
        return line

    async def _until_dot(self) -> bytes | None:
        """The message, without its last dot and with its other dots unstuffed."""
        searched = 0
        while len(self._rest) < 3:
            if not await self._more():
                return None
        if self._rest.startswith(b".\r\n"):
            self._rest = self._rest[3:]
            return b""
        while (end := self._rest.find(_END, searched)) < 0:
            searched = max(0, len(self._rest) - len(_END))
            if not await self._more():
                return None
        data, self._rest = self._rest[: end + 2], self._rest[end + len(_END) :]
        unstuffed = data.replace(b"\r\n..", b"\r\n.")
        return unstuffed[1:] if unstuffed.startswith(b"..") else unstuffed

    def _features(self) -> str:
        offered = ["127.0.0.1", "8BITMIME", "ENHANCEDSTATUSCODES"]
        behaviour, sink = self._sink.behaviour, self._sink
        offered += ["PIPELINING"] if behaviour.pipelining else []
        offered += ["STARTTLS"] if behaviour.starttls and sink.tls and not self._writer.get_extra_info("ssl_object") else []
        offered += [f"AUTH {behaviour.mechanisms}"] if behaviour.user else []
        return "\r\n".join([f"250-{each}" for each in offered[:-1]] + [f"250 {offered[-1]}"])

    async def _start_tls(self) -> None:
        await self._reply(None, "220 2.0.0 go on")
        await self._flush()
        assert self._sink.tls is not None
        await self._writer.start_tls(self._sink.tls)

    async def _sign_in(self, line: bytes) -> None:
        words = line.split()
        name, _, password = self._sink.behaviour.user.partition(":")
        if words[1].upper() == b"PLAIN":
            given = base64.b64decode(words[2]).decode().split("\0")[1:]
        else:
            given = []
            for asked in ("Username:", "Password:"):
                await self._reply(None, "334 " + base64.b64encode(asked.encode()).decode())
                given.append(base64.b64decode(await self._line() or b"").decode())
        self._signed_in = given == [name, password]
        await self._reply(None, "235 2.7.0 welcome" if self._signed_in else "535 5.7.8 no")


def _address(line: bytes) -> str:
    found = _ADDRESS.search(line)
    return found[1].decode("utf-8", "replace") if found else ""


async def _run(arguments: argparse.Namespace) -> None:
    """Serve, say where on the first line, and take a new behaviour from each line that comes in; end with the input."""
    sink = Sink(arguments.record, Behaviour.told(arguments.behaviour), arguments.fsync)
    server = await sink.serve(port=arguments.port)
    print(sink.url, flush=True)  # noqa: T201 - whoever started us reads it
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with server:
        while line := await reader.readline():
            sink.behaviour = Behaviour.told(line.decode())
            sink.dice = random.Random(sink.behaviour.seed)  # noqa: S311
            sink.used.clear()
            print("behaves", flush=True)  # noqa: T201


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mail.sink", description="A counting SMTP server on the loopback.")
    parser.add_argument("--record", type=Path, required=True, help="the file that each accepted message adds a line to")
    parser.add_argument("--port", type=int, default=0, help="0: a free one; the address is printed first of all")
    parser.add_argument("--fsync", action="store_true", help="to the disk before each 250")
    parser.add_argument(
        "--behaviour", default="{}", help='JSON: {"delay": 0.005, "rules": [{"place": "rcpt", "say": "451 4.3.0 x"}]}'
    )
    asyncio.run(_run(parser.parse_args(words)))


if __name__ == "__main__":
    main()
