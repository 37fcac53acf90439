"""Coming back to a post: with a note, and on a day."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from common.clock import LONDON
from common.errors import DomainError
from forum import permissions
from forum.models import Bookmark, Post
from forum.models.bookmark import NOTE_MAX
from notifications.events import record_event

MORNING: Final = 7
"""The hour, in London, from which the reminders of a day go out."""


class DayIsPast(DomainError):
    """A reminder that would come at once is a mistake in the date."""


def keep_bookmark(post: Post, *, by: User, note: str = "", remind_on: date | None = None, at: datetime) -> Bookmark:
    """Mark a post, or change the note and the day of a mark there is; another day reminds again. Raises DayIsPast, Refused."""
    permissions.can_bookmark(by, post).enforce()
    if remind_on is not None and remind_on <= at.astimezone(LONDON).date():
        raise DayIsPast("Choose a day from tomorrow on.")
    kept = {"note": " ".join(note.replace("\0", "").split())[:NOTE_MAX], "remind_on": remind_on, "reminded_at": None}
    made, _ = Bookmark.objects.update_or_create(
        user_id=by.pk, post_id=post.pk, defaults=kept, create_defaults=kept | {"created_at": at}
    )
    return made


def drop_bookmark(bookmark: Bookmark, *, by: User) -> None:
    """Take the mark away, also from a post that may not be read any more. Safe to call twice; nothing happens to another's."""
    Bookmark.objects.of(by.pk).filter(pk=bookmark.pk).delete()


@transaction.atomic
def remind_of_bookmarks(*, at: datetime, limit: int = 200) -> int:
    """Tell of bookmarks whose morning has come, each once, however often and in however many places this is called. Returns how
    many were told of."""
    now = at.astimezone(LONDON)
    upto = now.date() if now.hour >= MORNING else now.date() - timedelta(days=1)
    due = Bookmark.objects.waiting().filter(remind_on__lte=upto).select_related("post")
    found = list(due.order_by("remind_on", "pk").select_for_update(skip_locked=True, of=("self",))[:limit])
    for bookmark in found:
        post = bookmark.post
        record_event(
            "forum.reminder", at=at, by=bookmark.user_id,
            bookmark=bookmark.pk, post=post.pk, topic=post.topic_id, number=post.number,
        )  # fmt: skip
    Bookmark.objects.filter(pk__in=[bookmark.pk for bookmark in found]).update(reminded_at=at)
    return len(found)
