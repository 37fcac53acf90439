"""Whether a port can be had, and which other one could."""

import errno
import socket

HIGHEST = 65_535
# Pages, and live beside them on the next one.
NEEDED = 2


def trouble(host: str, port: int) -> str:
    """Why `up` cannot listen there, in words; empty where it can."""
    for wanted in range(port, port + NEEDED):
        refusal = _refusal(host, wanted)
        if refusal is None:
            continue
        if refusal.errno != errno.EADDRINUSE:
            return f"Cannot listen on {host}:{wanted}: {refusal.strerror}."
        use = " (live messages go over it)" if wanted != port else ""
        free = first_free(host, port + NEEDED)
        offer = f" This one is free: make up PORT={free}" if free else ""
        return f"Port {wanted}{use} is taken by another program.{offer}"
    return ""


def first_free(host: str, start: int) -> int | None:
    """The first port from here on that is free together with the next."""
    for port in range(start, HIGHEST):
        if all(_refusal(host, wanted) is None for wanted in range(port, port + NEEDED)):
            return port
    return None


def answers(host: str, port: int, *, timeout: float = 0.5) -> bool:
    try:
        socket.create_connection((host, port), timeout=timeout).close()
    except OSError:
        return False
    return True


def _refusal(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        # As servers do it: a connection closed a minute ago does not make a port taken.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as refusal:
            return refusal
    return None
