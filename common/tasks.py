"""Background work of the house itself."""

from celery import shared_task
from django.utils import timezone

from common import audit
from common.models import Heartbeat


@shared_task(name="common.heartbeat")
def heartbeat() -> None:
    """A real task ran to its end: broker, worker and database are there."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


@shared_task(name="common.seal_audit")
def seal_audit() -> int:
    """Chain what was decided since the last tick."""
    return audit.seal(at=timezone.now())
