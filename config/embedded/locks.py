"""Advisory locks on files: the kernel lets go of them when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.errors import ServicesError

POLL_SECONDS = 0.02


class Lock:
    """One open description of a lock file. Not inherited by programs we start."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_take(self, *, shared: bool = False) -> bool:
        """Take it if that is possible now."""
        try:
            fcntl.flock(self.fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(self, *, timeout: float, shared: bool = False) -> None:
        """Wait until it is ours. flock knows no time-out, so this asks again and again.

        Raises ServicesError after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while not self.try_take(shared=shared):
            if time.monotonic() > deadline:
                raise ServicesError(f"Another process has held {self.path} for {timeout:g} s; is it stuck?")
            time.sleep(POLL_SECONDS)

    def wait(self) -> None:
        """Block until it is ours, for as long as it takes."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def note(self, text: str) -> None:
        """Leave word for those who find it taken."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text.encode(), 0)

    def close(self) -> None:
        """Let go. Safe to call twice."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


@contextmanager
def taken(path: Path, *, timeout: float) -> Iterator[Lock]:
    """The exclusive lock for as long as the block lasts."""
    lock = Lock(path)
    try:
        lock.take(timeout=timeout)
        yield lock
    finally:
        lock.close()


def is_free(path: Path) -> bool:
    """Whether nobody holds the exclusive lock at this moment. Two who ask at once do not disturb each other."""
    lock = Lock(path)
    try:
        return lock.try_take(shared=True)
    finally:
        lock.close()
