"""What moderators do with what a post said before: put it back, or take it away where nobody may read it."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from common import audit
from common.markdown import render, sanitise
from forum import permissions
from forum.actions.attachments import bind_attachments
from forum.actions.editing import give_text, keep_revision, tell_of_words
from forum.actions.errors import EditedMeanwhile, ReasonMissing, RevisionGone
from forum.models import Post, Revision
from notifications.events import record_event

REASON_MAX: Final = 150


@transaction.atomic
def restore_revision(post: Post, *, by: User, number: int, reason: str, at: datetime, seen_revision: int | None = None) -> Post:
    """The post says again what its version `number` said, as a new version; its author is told why. Raises ReasonMissing,
    RevisionGone, EditedMeanwhile, Refused."""
    reason = _reason(reason)
    post = _locked(post, by)
    if seen_revision is not None and seen_revision != post.revision:
        raise EditedMeanwhile("This post was changed since you looked at it. Look at its history again before you decide.")
    revision = _standing(post, number)
    note = f"Version {number} put back by a moderator: {reason}"
    keep_revision(post, revision.body, by=by, note=note, at=at)
    is_html = revision.source_format == Post.Format.HTML
    html = sanitise(revision.body) if is_html else render(revision.body)
    post.changed_quietly = False
    give_text(post, revision.body, html=html, source_format=revision.source_format, at=at)
    bind_attachments(post, by=by, at=at)
    audit.record("post.put_back", subject=("post", post.pk), by=by.pk, at=at, version=number, reason=reason)
    record_event(
        "forum.put_back", at=at, by=by.pk, topic=post.topic_id, post=post.pk, number=post.number, version=post.revision - 1
    )
    return post


@transaction.atomic
def take_revision_away(post: Post, *, by: User, number: int, reason: str, at: datetime) -> Revision:
    """Nobody reads any more what version `number` said: its text is gone for good, that it was there stays. Raises ReasonMissing,
    RevisionGone, Refused."""
    reason = _reason(reason)
    post = _locked(post, by)
    revision = _standing(post, number)
    before, is_html = revision.body, revision.source_format == Post.Format.HTML
    revision.body = revision.diff = revision.note = ""
    revision.removed_at, revision.removed_by, revision.removal_reason = at, by, reason
    revision.save(update_fields=["body", "diff", "note", "removed_at", "removed_by", "removal_reason"])
    # The difference of the change before shows what was added by it.
    Revision.objects.filter(post=post, number=number - 1).update(diff="")
    tell_of_words(post, sanitise(before) if is_html else render(before))
    audit.record("post.version_taken_away", subject=("post", post.pk), by=by.pk, at=at, version=number, reason=reason)
    return revision


def _reason(words: str) -> str:
    reason = " ".join(words.split())
    if not reason or len(reason) > REASON_MAX:
        raise ReasonMissing(f"Give a reason of at most {REASON_MAX} characters: it stands in the history.")
    return reason


def _locked(post: Post, by: User) -> Post:
    post = Post.objects.select_related("topic__category").select_for_update(of=("self",)).get(pk=post.pk)
    permissions.can_keep_history(by, post).enforce()
    return post


def _standing(post: Post, number: int) -> Revision:
    revision = Revision.objects.filter(post=post, number=number, removed_at=None).first()
    if revision is None:
        raise RevisionGone("That version is not there any more.")
    return revision
