"""Background work of the forum."""

from celery import shared_task
from django.utils import timezone

from forum.actions.attachments import sweep_files
from forum.actions.rebaking import rebake_posts


@shared_task(name="forum.sweep_files")
def sweep() -> int:
    """Files that were taken away, and those that no post has shown for long. Safe twice and in parallel."""
    return sweep_files(at=timezone.now())


@shared_task(name="forum.rebake")
def rebake() -> int:
    """Posts that an older renderer drew, some thousands at a time. Safe twice and in parallel."""
    return sum(iter(rebake_posts, 0))
