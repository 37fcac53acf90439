"""Background work of the weekly. Any of these may be started twice or in parallel."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from common.wakeups import wake_on_commit
from digest.actions.bringing import forget_old_lists
from digest.sending import send_due
from digest.ticking import tick


@shared_task(name="digest.tick")
def tick_weekly() -> bool:
    """Cut, plan and prepare what is due; senders are woken where rows wait, one for each connection."""
    now = timezone.now()
    forget_old_lists(at=now)
    waiting = tick(at=now)
    if waiting:
        for _ in range(settings.WEEKLY_SENDERS):
            wake_on_commit("digest.send")
    return waiting


@shared_task(name="digest.send", soft_time_limit=720, time_limit=780)
def send_weekly() -> int:
    """Send for a minute at most; the next tick tops up. The last reply of a server may take ten minutes."""
    return send_due(clock=timezone.now)
