from celery import shared_task
from django.utils import timezone

from accounts.actions.roles import tell_of_ending_roles


@shared_task(name="accounts.tell_of_ending_roles")
def ending_roles() -> int:
    """Roles that end within 30 days are told of, once. Safe twice and in parallel."""
    return tell_of_ending_roles(at=timezone.now())
