from celery import shared_task
from django.utils import timezone

from consultation.actions.closing import close_what_is_due


@shared_task(name="consultation.tick")
def tick() -> int:
    """The closing work of what the clock has closed. Safe twice and in parallel."""
    return close_what_is_due(at=timezone.now())
