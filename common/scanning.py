"""A scanner for viruses, asked before a file is kept: settings.FILE_SCANNER names the class, empty for none."""

import socket
import struct
from typing import Final, Protocol

from django.conf import settings

_PIECE: Final = 64 * 1024
_PATIENCE: Final = 30


class ScannerAway(OSError):
    """It cannot be asked, or its answer says neither yes nor no. What was not scanned counts as not clean."""


class Scanner(Protocol):
    """`name` is kept beside what it found clean."""

    name: str

    def found_in(self, data: bytes) -> str:
        """What it calls that which it found; empty where there is nothing. Raises ScannerAway."""
        ...


class Clamd:
    """ClamAV's daemon at settings.CLAMD_ADDRESS, `host:port` or the path of its socket, asked by INSTREAM: the file goes over the
    line and is written nowhere."""

    name = "clamd"

    def found_in(self, data: bytes) -> str:
        try:
            with _connected(settings.CLAMD_ADDRESS) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _PIECE):
                    piece = data[start : start + _PIECE]
                    line.sendall(struct.pack(">I", len(piece)) + piece)
                line.sendall(struct.pack(">I", 0))
                answer = _read(line)
        except OSError as problem:
            raise ScannerAway(type(problem).__name__) from problem
        if answer == "stream: OK":
            return ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise ScannerAway(answer[:100])


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_PATIENCE)
        line.connect(address)
        return line
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        raise ScannerAway("CLAMD_ADDRESS is host:port or the path of a socket")
    return socket.create_connection((host, int(port)), timeout=_PATIENCE)


def _read(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 1_000:
        more = line.recv(1_000)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
