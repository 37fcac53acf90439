"""One child and what is known of its present life."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import IO

from config.embedded.children import Child, spawn

READ_SIZE = 65536
LONGEST_LINE = 65536


@dataclass(frozen=True)
class Backoff:
    """Seconds until a dead child is started again: doubled each time, reset once it has lived `calm` seconds."""

    first: float = 0.5
    most: float = 30.0
    calm: float = 30.0

    def after(self, delay: float, lived: float) -> float:
        return self.first if delay == 0 or lived >= self.calm else min(delay * 2, self.most)


class Watched:
    """A child with its process, its half-read line and the moment it is to be started again."""

    def __init__(self, child: Child, backoff: Backoff) -> None:
        self.child = child
        self.backoff = backoff
        self.process: subprocess.Popen[bytes] | None = None
        self.delay = 0.0
        self.due: float | None = None
        self.code = 0
        self._started = 0.0
        self._rest = b""

    def start(self) -> None:
        self.due = None
        self.process = spawn(self.child)
        self._started = time.monotonic()
        os.set_blocking(self.output, False)

    @property
    def running(self) -> bool:
        return self.process is not None

    @property
    def pid(self) -> int:
        return self._life().pid

    @property
    def output(self) -> int:
        return self._pipe().fileno()

    def _life(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError(f"{self.child.name} does not run")
        return self.process

    def _pipe(self) -> IO[bytes]:
        pipe = self._life().stdout
        if pipe is None:
            raise RuntimeError(f"{self.child.name} was started without a pipe")
        return pipe

    def read(self) -> tuple[list[str], bool]:
        """The whole lines written since, and whether the pipe is still open."""
        try:
            data = os.read(self.output, READ_SIZE)
        except BlockingIOError:
            return [], True
        *lines, self._rest = (self._rest + data).split(b"\n")
        if not data or len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        return [line.decode(errors="replace") for line in lines if line], bool(data)

    def send(self, signum: signal.Signals) -> None:
        """To the process alone: what it started, it stops."""
        os.kill(self.pid, signum)

    def kill_all(self) -> None:
        """The process and whatever is left of its group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # gone already, or not a single one left that is ours
            return

    def has_ended(self) -> bool:
        """Whether it ended. It is not reaped yet: until `bury` its number can be nobody else's."""
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return ended is not None

    def bury(self) -> str:
        """After its end: end its group, reap it, and say in words how it ended."""
        self.kill_all()
        self.code = code = self._life().wait()
        self._pipe().close()
        self.process = None
        now = time.monotonic()
        self.delay = self.backoff.after(self.delay, now - self._started)
        self.due = now + self.delay
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
