"""Watches children: passes their lines on, starts the dead again, stops all in order."""

import selectors
import signal
import socket
import time
from collections.abc import Callable
from itertools import groupby
from types import FrameType
from typing import Self

from config.embedded.children import Child
from config.embedded.watched import READ_SIZE, Backoff, Watched

STOP_POLL_SECONDS = 0.2


class Supervisor:
    """Use as a context manager, in the main thread: it takes over SIGCHLD while it lasts.

    Leaving the block stops every child.
    """

    def __init__(self, tell: Callable[[str, str], None], backoff: Backoff | None = None) -> None:
        self.tell = tell
        self.backoff = backoff or Backoff()
        self.watched: list[Watched] = []
        self.selector = selectors.DefaultSelector()
        self._ear, self._waker = socket.socketpair()

    def __enter__(self) -> Self:
        for end in (self._ear, self._waker):
            end.setblocking(False)
        self.selector.register(self._ear, selectors.EVENT_READ)
        self._old_fd = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        self._old_handler = signal.signal(signal.SIGCHLD, _only_wake)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        signal.signal(signal.SIGCHLD, self._old_handler)
        signal.set_wakeup_fd(self._old_fd)
        self.selector.close()
        self._ear.close()
        self._waker.close()

    def start(self, child: Child) -> None:
        """Start it now and keep it running until `stop`."""
        watched = Watched(child, self.backoff)
        self.watched.append(watched)
        self._start(watched)

    def wake(self) -> None:
        """Make `run` ask its condition now. May be called from any thread."""
        self._waker.send(b"\0")

    def run(self, until: Callable[[], bool], *, every: float = 1.0, timeout: float | None = None) -> bool:
        """Watch until the condition holds; it is asked after whatever happens, and every `every` seconds.

        False if `timeout` seconds went by first.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not until():
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                return False
            dues = [watched.due - now for watched in self.watched if watched.due is not None]
            for watched, how in self._turn(max(0.0, min([every, *dues]))):
                self.tell(watched.child.name, f"has died ({how}); starting again in {watched.delay:g} s")
            for watched in self.watched:
                if watched.due is not None and watched.due <= time.monotonic():
                    self._start(watched)
        return True

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """Stop all, the last started first, each given its grace (none once `hurry` says so). None is left."""
        for _, stage in groupby(reversed(self.watched), key=lambda watched: watched.child.stage or watched.child.name):
            self._stop(list(stage), hurry=hurry)
        self.watched.clear()

    def finish(self, child: Child, *, unless: Callable[[], bool]) -> int | None:
        """Run a child to its end: its exit code, or None if `unless` came true and it was stopped."""
        watched = Watched(child, self.backoff)
        self.watched.append(watched)
        self._start(watched)
        while watched.running and not unless():
            self._turn(STOP_POLL_SECONDS)
        code = None if watched.running else watched.code
        self._stop([watched], hurry=lambda: False)
        self.watched.remove(watched)
        return code

    def runs(self, name: str) -> bool:
        return any(watched.running and watched.child.name == name for watched in self.watched)

    def _stop(self, stage: list[Watched], *, hurry: Callable[[], bool]) -> None:
        began = time.monotonic()
        for watched in stage:
            if watched.running:
                watched.send(watched.child.stop_signal)
        for watched in stage:
            while watched.running and time.monotonic() < began + watched.child.grace and not hurry():
                self._turn(STOP_POLL_SECONDS)
            if watched.running:
                self.tell(watched.child.name, "killed" if hurry() else f"has not stopped in {watched.child.grace:g} s; killed")
                watched.kill_all()
            while watched.running:
                self._turn(STOP_POLL_SECONDS)

    def _start(self, watched: Watched) -> None:
        watched.start()
        self.selector.register(watched.output, selectors.EVENT_READ, watched)

    def _turn(self, timeout: float) -> list[tuple[Watched, str]]:
        """Wait for something to happen; the children that ended meanwhile, each with how."""
        for key, _ in self.selector.select(timeout):
            if key.data is None:
                self._ear.recv(READ_SIZE)
            else:
                self._pass_on(key.data)
        ended = [watched for watched in self.watched if watched.running and watched.has_ended()]
        return [(watched, self._bury(watched)) for watched in ended]

    def _bury(self, watched: Watched) -> str:
        while self._pass_on(watched):
            pass
        if watched.output in self.selector.get_map():
            self.selector.unregister(watched.output)
        return watched.bury()

    def _pass_on(self, watched: Watched) -> bool:
        """Tell what it wrote. Whether there may be more now."""
        lines, is_open = watched.read()
        for line in lines:
            self.tell(watched.child.name, line)
        if not is_open and watched.output in self.selector.get_map():
            self.selector.unregister(watched.output)
        return bool(lines) and is_open


def _only_wake(signum: int, frame: FrameType | None) -> None:
    """The wake-up descriptor does the work; without a handler Python would not write to it."""
