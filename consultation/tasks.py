from celery import shared_task
from django.utils import timezone

from consultation.actions.closing import close_what_is_due
from consultation.actions.files import sweep_answer_files


@shared_task(name="consultation.tick")
def tick() -> int:
    """The closing work of what the clock has closed. Safe twice and in parallel."""
    return close_what_is_due(at=timezone.now())


@shared_task(name="consultation.sweep_files")
def sweep() -> int:
    """Files that no answer names any more. Safe twice and in parallel."""
    return sweep_answer_files(at=timezone.now())
