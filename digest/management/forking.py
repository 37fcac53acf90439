"""Work in a process of its own, forked from this one: quick to start, and its death is a real one. For drills."""

import os
import signal
import traceback
from collections.abc import Callable

from django.db import connections


def start(work: Callable[[], object]) -> int:
    """Its process id. Database connections are closed before: none may be shared."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)
