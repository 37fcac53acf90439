"""Putting a post or a topic back on the page, and letting on what waited."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from forum import permissions
from forum.actions.counting import count_below, count_in
from forum.actions.errors import NothingToRestore
from forum.actions.following import follow_by_being_named
from forum.actions.holding import held_post
from forum.models import Post, Topic
from notifications.events import record_event


@transaction.atomic
def unhide_post(post: Post, *, by: User, at: datetime) -> Post:
    """What a moderator had taken off stands in its place again, counted as before. Raises NothingToRestore, Refused."""
    post = _locked(post, by, Post.State.HIDDEN)
    _bring_back(post)
    audit.record("post.unhide", subject=("post", post.pk), by=by.pk, at=at)
    return post


@transaction.atomic
def publish_post(post: Post, *, by: User, at: datetime) -> Post:
    """A post that waited, or was refused, is on show, counted and told of as if it had just come. Raises NothingToRestore,
    Refused."""
    post = _locked(post, by, Post.State.PENDING, Post.State.HIDDEN)
    _let_on(post, by=by, at=at, kind="forum.replied")
    return post


@transaction.atomic
def unhide_topic(topic: Topic, *, by: User, at: datetime) -> Topic:
    """A topic that was taken off every page is back. Raises NothingToRestore, Refused."""
    topic = _locked_topic(topic, by, Topic.State.HIDDEN)
    _show(topic)
    audit.record("topic.unhide", subject=("topic", topic.pk), by=by.pk, at=at)
    return topic


@transaction.atomic
def publish_topic(topic: Topic, *, by: User, at: datetime) -> Topic:
    """A topic that waited, or was refused, begins, with its first post. Raises NothingToRestore, Refused."""
    topic = _locked_topic(topic, by, Topic.State.PENDING, Topic.State.HIDDEN)
    _show(topic)
    post = _locked(Post.objects.get(topic=topic, number=1), by, Post.State.PENDING, Post.State.HIDDEN)
    _let_on(post, by=by, at=at, kind="forum.started")
    audit.record("topic.publish", subject=("topic", topic.pk), by=by.pk, at=at)
    return topic


def _let_on(post: Post, *, by: User, at: datetime, kind: str) -> None:
    waited = post.state == Post.State.PENDING
    _bring_back(post)
    if waited:
        count_below(post)
    follow_by_being_named(post)
    record_event(kind, at=at, by=post.author_id, topic=post.topic_id, post=post.pk, number=post.number)
    audit.record("post.publish", subject=("post", post.pk), by=by.pk, at=at)


def _bring_back(post: Post) -> None:
    post.state = Post.State.PUBLISHED
    post.removed_at, post.removed_by, post.removal_reason, post.held_because = None, None, "", ""
    post.moderation_version += 1
    post.save(update_fields=["state", "removed_at", "removed_by", "removal_reason", "held_because", "moderation_version"])
    count_in(post)


def _show(topic: Topic) -> None:
    topic.state = Topic.State.PUBLISHED
    topic.save(update_fields=["state"])


def _locked(post: Post, by: User, *states: Post.State) -> Post:
    post = held_post(post.pk)
    permissions.can_moderate(by, post.topic.category).enforce()
    if post.state not in states or post.words_gone_at is not None:
        raise NothingToRestore("This post is not hidden any more, or its author took it back. There is nothing to bring back.")
    return post


def _locked_topic(topic: Topic, by: User, *states: Topic.State) -> Topic:
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_moderate(by, topic.category).enforce()
    if topic.state not in states or topic.merged_into_id:
        raise NothingToRestore("This topic is on show already. There is nothing to bring back.")
    return topic
