"""Telling a worker, once the transaction is committed, that there is work. A row says what is to be done; this only saves the
wait for the next tick, so it may be lost and never fails a request.

Where many write at once one message is enough. So a task that says `is_awake` as the first thing it does, before it looks at any
row, may be woken by `at_most_once`: while a message that nobody has begun with lies in the queue, no second one is sent.
"""

import functools
import logging
from collections.abc import Callable
from typing import Final

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger("plenary.wakeups")

LIES_FOR: Final = 10 / settings.SPEED
"""Seconds after which a message that nobody began with counts as lost, and the next one is sent."""


def wake_on_commit(task_name: str, *, at_most_once: bool = False) -> None:
    """Send the task when the running transaction commits; once per transaction, however often it is asked for."""
    waker = _waker(task_name, at_most_once)
    if not any(function is waker for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(waker)


def is_awake(task_name: str) -> None:
    """What is written from now on needs another message; what was written before is seen by whoever says this."""
    try:
        cache.delete(_key(task_name))
    except RedisError as error:
        log.warning("%s may be woken late: %s", task_name, type(error).__name__)


@functools.cache
def _waker(task_name: str, at_most_once: bool) -> Callable[[], None]:
    def wake() -> None:
        if at_most_once and _lies_there(task_name):
            return
        try:
            current_app.send_task(task_name, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("%s not sent, the next tick will find the work: %s", task_name, type(error).__name__)
            if at_most_once:
                is_awake(task_name)

    return wake


def _lies_there(task_name: str) -> bool:
    """A message lies in the queue already; where nobody can say, none does. Counts the one that is sent now."""
    try:
        return not cache.add(_key(task_name), 1, LIES_FOR)
    except RedisError:
        return False


def _key(task_name: str) -> str:
    return f"wakeup:{settings.CELERY_PREFIX}{task_name}"
