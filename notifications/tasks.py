"""Expands what happened; nudged by `record_event`, and by beat for what was not nudged."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from common.wakeups import is_awake, wake_on_commit
from notifications.expander import expand_next

SECONDS_AT_MOST = 120


@shared_task(name="notifications.expand")
def expand() -> int:
    """Expand event after event while any is due. Returns how many. One that fails ends this run with its error, and another
    run goes on behind it. Safe twice and in parallel."""
    is_awake("notifications.expand")
    count, end, finished = 0, monotonic() + SECONDS_AT_MOST, False
    try:
        while monotonic() < end:
            if expand_next(at=timezone.now()) is None:
                finished = True
                break
            count += 1
    finally:
        if not finished:
            wake_on_commit("notifications.expand", at_most_once=True)
    return count
