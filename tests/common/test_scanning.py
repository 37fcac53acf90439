"""ClamAV's daemon is asked in its own protocol; a server that speaks it stands at the other end of a real line."""

import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest

from common.scanning import Clamd, ScannerAway


class _Daemon(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        found = b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in data else b"stream: OK\0"
        self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0" if len(data) > 200_000 else found)


@pytest.fixture
def clamd(settings) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Daemon) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.CLAMD_ADDRESS = "{}:{}".format(*server.server_address)
        yield
        server.shutdown()
        thread.join()


def test_a_clean_file_and_one_that_is_not_are_told_apart(clamd):
    assert Clamd().found_in(b"x" * 150_000) == ""
    assert Clamd().found_in(b"EICAR") == "Eicar-Test-Signature"


def test_what_was_not_scanned_is_not_clean(clamd, settings):
    with pytest.raises(ScannerAway, match="size limit"):
        Clamd().found_in(b"x" * 300_000)
    for address in ("127.0.0.1:1", "/nowhere/clamd.sock", "nonsense"):
        settings.CLAMD_ADDRESS = address
        with pytest.raises(ScannerAway):
            Clamd().found_in(b"x")
