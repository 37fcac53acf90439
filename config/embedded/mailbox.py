"""A mail server that delivers nothing: each message becomes a file to read. For development only.

It listens on a socket that `up` opened and handed down, so its port stays the same when it is started again.
"""

import argparse
import asyncio
import email
import email.policy
import socket
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE = 30_000_000


class Mailbox:
    """aiosmtpd's handler: accepts everything, for anybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        content = envelope.content or b""
        content = content if isinstance(content, bytes) else content.encode()
        self.received += 1
        file = self.folder / f"{time.strftime('%Y-%m-%dT%H%M%S')}-{self.received:05}.eml"
        draft = file.with_suffix(".part")
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.rename(file)
        subject = email.message_from_bytes(content, policy=email.policy.default)["subject"]
        sys.stdout.write(f"to {', '.join(envelope.rcpt_tos)}: {subject} [{file}]\n")
        sys.stdout.flush()
        return "250 kept"


async def serve(listening: socket.socket, folder: Path) -> None:
    """Until cancelled."""
    mailbox = Mailbox(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox, hostname="localhost", ident="Plenary", data_size_limit=LARGEST_MESSAGE), sock=listening
    )
    await server.serve_forever()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="config.embedded.mailbox")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args(arguments)
    asyncio.run(serve(socket.socket(fileno=given.fd), given.folder))


if __name__ == "__main__":
    main(sys.argv[1:])
