"""Background work of the forum. Any of these may be started twice or in parallel."""

from celery import shared_task
from django.utils import timezone

from forum.actions.attachments import sweep_files
from forum.actions.bookmarks import remind_of_bookmarks
from forum.actions.handovers import drop_keys_of_who_left
from forum.actions.openings import close_what_lapsed
from forum.actions.polls import tell_of_closed_polls
from forum.actions.rebaking import rebake_posts
from forum.actions.silencing import let_personas_rest


@shared_task(name="forum.sweep_files")
def sweep() -> int:
    """Files that were taken away, and those that no post has shown for long. Safe twice and in parallel."""
    return sweep_files(at=timezone.now())


@shared_task(name="forum.look_after_personas")
def look_after_personas() -> int:
    """Which personas rest today, openings whose time ran out, and what was sealed to officers who left."""
    now = timezone.now()
    return let_personas_rest(at=now) + close_what_lapsed(at=now) + drop_keys_of_who_left(at=now)


@shared_task(name="forum.remind")
def remind() -> int:
    """Tell of bookmarks whose day has come. Safe twice and in parallel; what is left over comes with the next tick."""
    return remind_of_bookmarks(at=timezone.now())


@shared_task(name="forum.tell_of_closed_polls")
def tell_of_polls() -> int:
    """Tell of polls that closed. Safe twice and in parallel; what is left over comes with the next tick."""
    return tell_of_closed_polls(at=timezone.now())


@shared_task(name="forum.rebake")
def rebake() -> int:
    """Posts that an older renderer drew, some thousands at a time. Safe twice and in parallel."""
    return sum(iter(rebake_posts, 0))
