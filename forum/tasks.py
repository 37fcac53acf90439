from celery import shared_task
from django.utils import timezone

from forum.actions.bookmarks import remind_of_bookmarks


@shared_task(name="forum.remind")
def remind() -> int:
    """Tell of bookmarks whose day has come. Safe twice and in parallel; what is left over comes with the next tick."""
    return remind_of_bookmarks(at=timezone.now())
