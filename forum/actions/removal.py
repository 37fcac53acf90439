"""Taking a post off the page. Its number stays, and a line that says who and why."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from forum import permissions
from forum.actions.counting import count_below, count_out
from forum.actions.errors import AlreadyRemoved, TextRefused
from forum.actions.holding import held_post
from forum.models import Post, Topic


@transaction.atomic
def withdraw_post(post: Post, *, by: User, at: datetime) -> Post:
    """The author takes it back. A topic that nobody has answered goes with its first post. Raises AlreadyRemoved, Refused."""
    post = _locked(post)
    permissions.can_withdraw(by, post).enforce()
    _remove(post, state=Post.State.WITHDRAWN, by=by, at=at, reason="")
    if post.number == 1 and post.topic.last_number == 1:
        Topic.objects.filter(pk=post.topic_id).update(state=Topic.State.HIDDEN)
    return post


@transaction.atomic
def hide_post(post: Post, *, by: User, reason: str, at: datetime) -> Post:
    """A moderator takes it off, or refuses what waited, with a reason that stands in its place. Raises TextRefused,
    AlreadyRemoved, Refused."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise TextRefused("Give a reason of at most 200 characters: it stands where the post stood.")
    post = _locked(post)
    permissions.can_moderate(by, post.topic.category).enforce()
    _remove(post, state=Post.State.HIDDEN, by=by, at=at, reason=reason)
    audit.record("post.hide", subject=("post", post.pk), by=by.pk, at=at, reason=reason)
    return post


def _locked(post: Post) -> Post:
    post = held_post(post.pk)
    if post.is_tombstone or post.state == Post.State.GAP:
        raise AlreadyRemoved("This post was removed already.")
    return post


def _remove(post: Post, *, state: Post.State, by: User, at: datetime, reason: str) -> None:
    counted, waited = post.state == Post.State.PUBLISHED, post.state == Post.State.PENDING
    post.state, post.removed_at, post.removal_reason, post.held_because = state, at, reason, ""
    post.removed_by = None if state == Post.State.WITHDRAWN and post.persona_id else by
    post.moderation_version += 1
    post.save(update_fields=["state", "removed_at", "removed_by", "removal_reason", "held_because", "moderation_version"])
    if counted:
        count_out(post)
    if waited:
        count_below(post)
