"""Two lanes out, so that a confirmation never waits behind a crowd of notices; one way in."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from common.wakeups import wake_on_commit
from mail.bounces import forget_old_events
from mail.delivery import deliver, sweep_outbox
from mail.fetching import fetch_mails
from mail.inbound import forget_old, take_in_next
from mail.models import Mail


@shared_task(name="mail.deliver_critical", soft_time_limit=720, time_limit=780)
def deliver_critical() -> int:
    """Confirmations and resets. The last reply of a server may take ten minutes."""
    return _deliver("critical")


@shared_task(name="mail.deliver_notify", soft_time_limit=720, time_limit=780)
def deliver_notify() -> int:
    """Notices by mail."""
    return _deliver("notify")


def _deliver(lane: str) -> int:
    """Another goes on where rows are left and the server takes them."""
    count = deliver(lane, clock=timezone.now)
    if count and Mail.objects.filter(lane=lane).due(timezone.now()).exists():
        wake_on_commit(f"mail.deliver_{lane}")
    return count


@shared_task(name="mail.sweep")
def sweep_lost() -> dict[str, int]:
    """What workers that died left behind."""
    return sweep_outbox(at=timezone.now())


@shared_task(name="mail.take_in")
def take_in() -> int:
    """Mail after mail that came in, while any is due; returns how many. One that fails ends this run with its error, and another
    goes on behind it."""
    count, finished = 0, False
    forget_old(at=timezone.now())
    forget_old_events(at=timezone.now())
    try:
        while take_in_next(at=timezone.now()) is not None:
            count += 1
        finished = True
    finally:
        if not finished:
            wake_on_commit("mail.take_in")
    return count


@shared_task(name="mail.fetch")
def fetch() -> int:
    """Answers out of the mailbox, where there is one."""
    return fetch_mails(settings.INBOUND_IMAP_URL, clock=timezone.now) if settings.INBOUND_IMAP_URL else 0
