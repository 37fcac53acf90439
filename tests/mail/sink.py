"""A real SMTP server for tests: keeps what it is given, keyed by Message-ID, and can be told to misbehave."""

import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """One message as the server took it."""

    sender: str
    recipient: str
    message: EmailMessage

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return part.get_content()

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return part.get_content()


@dataclass
class Sink:
    """`answer_rcpt` and `answer_data` may return another reply than 250; `hang_up_after_dot` closes without a reply."""

    received: list[Received] = field(default_factory=list)
    answer_rcpt: Callable[[str], str | None] = lambda address: None
    answer_data: Callable[[Envelope], str | None] = lambda envelope: None
    hang_up_after_dot: bool = False
    url: str = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.answer_rcpt(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        refusal = self.answer_data(envelope)
        if refusal:
            return refusal
        content: Any = envelope.content
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self.received.append(Received(envelope.mail_from or "", recipient, message))
        if self.hang_up_after_dot:
            server.transport.abort()
        return "250 2.0.0 taken"

    def to(self, address: str) -> list[Received]:
        return [mail for mail in self.received if mail.recipient == address]

    def doubles(self) -> list[str]:
        counted = Counter(str(mail.message["Message-ID"]) for mail in self.received)
        return [name for name, times in counted.items() if times > 1]


class Server(Controller):
    """Listens on a free port of the loopback."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(sink, hostname="127.0.0.1", port=free_port())
        sink.url = f"smtp://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
