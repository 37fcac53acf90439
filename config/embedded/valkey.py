"""Valkey: the command line it is started with, and whether it answers. It keeps nothing on disk: state lives in PostgreSQL."""

import signal
import socket
import time
from pathlib import Path

from config.embedded import folders
from config.embedded.children import Child
from config.embedded.errors import ServicesError
from config.embedded.places import Places
from config.embedded.programs import Programs

# Enough for the product's few and one each for the processes of a parallel test run.
DATABASES = 64
ASK_TIMEOUT = 2.0


def child(places: Places, programs: Programs, *, grace: float) -> Child:
    # fmt: off
    argv: list[str | Path] = [
        programs.valkey, "--port", "0", "--unixsocket", places.valkey_socket, "--unixsocketperm", "700",
        "--databases", str(DATABASES), "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
        "--dir", places.sockets, "--daemonize", "no", "--loglevel", "warning",
    ]
    # fmt: on
    return Child(
        name="valkey",
        argv=argv,
        cwd=places.sockets,
        owner=places.owner,
        # It writes nothing, so nothing is lost.
        death_signal=signal.SIGKILL,
        grace=grace,
        prepare=lambda: clear_the_way(places),
    )


def clear_the_way(places: Places, *, timeout: float = 10.0) -> None:
    """Remove a dead server's socket. Waits for one that is still ending; ends none itself."""
    folders.make_sockets(places)
    deadline = time.monotonic() + timeout
    while answers(places):
        if time.monotonic() > deadline:
            raise ServicesError(f"Another Valkey, not ours, answers at {places.valkey_socket}. Stop it first.")
        time.sleep(0.05)
    places.valkey_socket.unlink(missing_ok=True)


def answers(places: Places) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(ASK_TIMEOUT)
        try:
            asking.connect(str(places.valkey_socket))
            asking.sendall(b"PING\r\n")
            return asking.recv(16).startswith(b"+PONG")
        except OSError:
            return False
