"""Telling a worker, once the transaction is committed, that there is work. A row says what is to be done; this only saves the
wait for the next tick, so it may be lost and never fails a request."""

import logging
from collections.abc import Callable
from functools import cache

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

log = logging.getLogger("plenary.wakeups")


def wake_on_commit(task_name: str) -> None:
    """Send the task when the running transaction commits; once per transaction, however often it is asked for."""
    waker = _waker(task_name)
    if not any(function is waker for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(waker)


@cache
def _waker(task_name: str) -> Callable[[], None]:
    def wake() -> None:
        try:
            current_app.send_task(task_name, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("%s not sent, the next tick will find the work: %s", task_name, type(error).__name__)

    return wake
