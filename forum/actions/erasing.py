"""Taking the words of a post away for good. What hiding does can be taken back; this cannot."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common import audit
from common.doors import open_door
from forum import permissions
from forum.actions.attachments import take_files_away
from forum.actions.errors import AlreadyRemoved
from forum.actions.holding import held_post
from forum.actions.removal import hide_post
from forum.models import Draft, Poll, Post, Revision
from forum.requests import edit_key


@transaction.atomic
def erase_post_words(post: Post, *, by: User, reason: str, at: datetime) -> Post:
    """Body, HTML, what it said before, its poll, its author's draft of a change, the bytes of its files, and what rooms above
    kept of it (settings.POST_ERASED) are deleted; number and tombstone stay, with `reason` where it was still on show. Raises
    TextRefused, AlreadyRemoved, Refused."""
    post = held_post(post.pk)
    permissions.can_moderate(by, post.topic.category).enforce()
    if post.words_gone_at is not None or post.state in (Post.State.GAP, Post.State.MOVED):
        raise AlreadyRemoved("The words of this post are gone already.")
    if not post.is_tombstone:
        post = hide_post(post, by=by, reason=reason, at=at)
    post.body, post.html, post.words_gone_at = "", "", at
    post.moderation_version += 1
    post.save(update_fields=["body", "html", "words_gone_at", "moderation_version"])
    Revision.objects.filter(post=post).delete()
    Poll.objects.filter(post=post).delete()
    Draft.objects.filter(key=edit_key(post)).delete()
    take_files_away([post.pk], at=at)
    for door in settings.POST_ERASED:
        open_door(door)(post.pk)
    audit.record("post.erase", subject=("post", post.pk), by=by.pk, at=at, reason=reason)
    return post
