"""Starting one child process that cannot outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.places import Owner

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    """A program to run. `grace` is the time from `stop_signal` until it is killed, in seconds."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    owner: Owner | None = None
    pass_fds: Sequence[int] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    # What the kernel sends it when we are killed.
    death_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    # Neighbours of one stage are stopped together; by default each is a stage of its own.
    stage: str = ""
    # Called before every start, the first one included.
    prepare: Callable[[], None] | None = None


def spawn(child: Child) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, with its output in one pipe.

    Only from the main thread: the kernel sends the death signal when the *thread* that forked ends.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread only: their death signal hangs on it")
    if child.prepare:
        child.prepare()
    becomes = child.owner if child.owner and child.owner.changes else None
    return subprocess.Popen(
        [os.fspath(part) for part in child.argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=None if child.env is None else dict(child.env),
        cwd=child.cwd,
        pass_fds=tuple(child.pass_fds),
        start_new_session=True,
        user=becomes.uid if becomes else None,
        group=becomes.gid if becomes else None,
        extra_groups=[] if becomes else None,
        # Runs after setuid, where the kernel would have cleared it.
        preexec_fn=dies_with(os.getpid(), child.death_signal),
    )


def dies_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """What a child calls on itself, so that the kernel ends it when its parent is killed."""

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # killed between fork and here: nobody would tell us any more
            os._exit(1)

    return arrange
