"""Work in a process of its own, forked from this one: quick to start, and its death is a real one. For drills."""

import os
import signal
import traceback
from collections.abc import Callable
from typing import Final

from django.db import connections

NAME: Final = "forked"
"""Of its connections, in pg_stat_activity."""


def start(work: Callable[[], object]) -> int:
    """Its process id. Database connections are closed before: none may be shared."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ["PGAPPNAME"] = NAME
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)
