"""Work in a process of its own that is forked from the test: quick to start, and its death is a real one."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import contextmanager

from django.db import connection

from digest.management.forking import NAME, start

__all__ = ["end", "killed_at_statement", "runs", "start", "wait_until_alone"]


def end(pid: int) -> int:
    """Wait for it; its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def runs(pid: int) -> bool:
    """Whether it has not ended yet. One that has is not reaped by asking."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


@contextmanager
def killed_at_statement(number: int):
    """Within the block this process dies by kill -9 as it is about to send its `number`-th statement."""
    seen = 0

    def count(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def wait_until_alone(patience: float = 20.0) -> None:
    """Until PostgreSQL has noticed that whoever we forked is gone from our database, with their locks."""
    over = time.monotonic() + patience
    with connection.cursor() as cursor:
        while time.monotonic() < over:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", [NAME]
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.002)
    raise AssertionError("somebody who was forked is still connected")


def wait_for(what: Callable[[], object], patience: float = 60.0) -> None:
    over = time.monotonic() + patience
    while not what():
        assert time.monotonic() < over, f"waited {patience:g} s in vain"
        time.sleep(0.01)
