"""Two lanes, so that a confirmation never waits behind a crowd of notices."""

from celery import shared_task
from django.utils import timezone

from mail.delivery import deliver, sweep_outbox


@shared_task(name="mail.deliver_critical")
def deliver_critical() -> int:
    """Confirmations and resets."""
    return deliver("critical", clock=timezone.now)


@shared_task(name="mail.deliver_notify")
def deliver_notify() -> int:
    """Notices by mail."""
    return deliver("notify", clock=timezone.now)


@shared_task(name="mail.sweep")
def sweep_lost() -> dict[str, int]:
    """What workers that died left behind."""
    return sweep_outbox(at=timezone.now())
