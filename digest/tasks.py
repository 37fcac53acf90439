"""Background work of the weekly. Any of these may be started twice or in parallel."""

from typing import Final

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from common.models import Heartbeat
from common.wakeups import wake_on_commit
from digest.actions.bringing import forget_old_lists
from digest.actions.reducing import reduce_old_edition
from digest.actions.unanswered import end_unconfirmed, forget_strangers
from digest.sending import Press, send_due
from digest.ticking import give_waiting_bodies, rows_wait, tick
from mail.delivery import CHUNK

_PRESS: Final = Press()
"""What this process wrote in a run is at hand when it goes on with it, and is forgotten when nothing waits."""


@shared_task(name="digest.tick")
def tick_weekly() -> bool:
    """Cut, plan and prepare what is due, put away what is old; senders are woken where rows wait."""
    now = timezone.now()
    waiting = tick(at=now)
    Heartbeat.objects.update_or_create(name="weekly", defaults={"at": now})
    if waiting:
        _wake_senders()
    reduce_old_edition(at=now)
    return waiting


@shared_task(name="digest.forget")
def forget() -> None:
    """What was given to us for a while and came to nothing."""
    now = timezone.now()
    forget_old_lists(at=now)
    end_unconfirmed(at=now)
    forget_strangers(at=now)


@shared_task(name="digest.bodies")
def help_with_bodies() -> bool:
    """Beside a tick that prepares a large run. Whoever of the two is through last wakes the senders."""
    went_out = give_waiting_bodies(at=timezone.now())
    if went_out:
        _wake_senders()
    return went_out


@shared_task(name="digest.send", soft_time_limit=720, time_limit=780)
def send_weekly() -> int:
    """Send for less time than a worker has that is told to end; another goes on where rows are left and the server takes them.
    The last reply of a server may take ten minutes."""
    count = send_due(clock=timezone.now, for_at_most=CHUNK / settings.SPEED, press=_PRESS)
    waiting = rows_wait(at=timezone.now())
    if not waiting:
        _PRESS.clear()
    elif count:
        wake_on_commit("digest.send")
    return count


def _wake_senders() -> None:
    """One for each connection."""
    for _ in range(settings.WEEKLY_SENDERS):
        wake_on_commit("digest.send")
