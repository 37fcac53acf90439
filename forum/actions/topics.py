"""Starting a topic, and what a moderator does with one."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from common import audit
from common.markdown import RENDER_VERSION, render
from forum import permissions
from forum.actions.attachments import bind_attachments, refuse_too_many_files
from forum.actions.errors import TextRefused
from forum.kinds import forum_screen
from forum.models import Category, Level, Post, Topic, TopicActivity, TopicMember
from forum.readers.standing import standing_then
from forum.texts import body_problem, clean_body, clean_title, title_problem, topic_slug
from notifications.events import record_event


def start_topic(
    category: Category,
    *,
    by: User,
    title: str,
    body: str,
    at: datetime,
    kind: str = Topic.Kind.DISCUSSION,
    key: UUID | None = None,
) -> Topic:
    """A new topic with its first post, which its author follows from then on. Sent twice under one `key`, the first stays
    and is returned. Where the screen (settings.FORUM_SCREEN) says so it waits for a moderator. Raises TextRefused, Refused."""
    permissions.can_start(by, category).enforce()
    problem = title_problem(title) or body_problem(body)
    if problem:
        raise TextRefused(problem)
    sent = _sent_before(key, by)
    if sent is not None:
        return sent
    text = clean_body(body)
    html = render(text)
    refuse_too_many_files(html)
    title = clean_title(title)
    screen = forum_screen()
    why = screen.why_hold(by, category=category, title=title, html=html, at=at)
    try:
        with transaction.atomic():
            topic = Topic.objects.create(
                category=category,
                author=by,
                title=title,
                slug=topic_slug(title),
                kind=kind,
                last_number=1,
                created_at=at,
                state=Topic.State.PENDING if why else Topic.State.PUBLISHED,
            )
            post = Post.objects.create(
                topic=topic,
                number=1,
                root_number=1,
                author=by,
                body=text,
                html=html,
                render_version=RENDER_VERSION,
                created_at=at,
                form_key=key,
                standing=standing_then(by, at=at),
                state=Post.State.PENDING if why else Post.State.PUBLISHED,
                held_because=why,
            )
            bind_attachments(post, by=by, at=at)
            TopicActivity.objects.create(
                topic=topic, category=category, participant_count=int(not why), last_posted_at=at, last_author=by
            )
            TopicMember.objects.create(user=by, topic=topic, last_read=1, read_at=at, level=Level.TRACKING)
            if why:
                screen.held(post, at=at)
            else:
                record_event("forum.started", at=at, by=by.pk, topic=topic.pk, post=post.pk, number=1)
    except IntegrityError as error:
        sent = _sent_before(key, by) if "one_post_per_form" in str(error) else None
        if sent is None:
            raise
        return sent
    return topic


@transaction.atomic
def lock_topic(topic: Topic, *, by: User, at: datetime, reason: str = "") -> Topic:
    """Nothing can be added until it is unlocked. Locked already, the first lock stays."""
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_moderate(by, topic.category).enforce()
    if not topic.is_locked:
        topic.locked_at, topic.locked_by, topic.lock_reason = at, by, reason.strip()[:200]
        topic.save(update_fields=["locked_at", "locked_by", "lock_reason"])
        audit.record("topic.lock", subject=("topic", topic.pk), by=by.pk, at=at, reason=topic.lock_reason)
    return topic


@transaction.atomic
def unlock_topic(topic: Topic, *, by: User, at: datetime) -> Topic:
    """Open again. Nothing happens where it is not locked."""
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_moderate(by, topic.category).enforce()
    if topic.is_locked:
        topic.locked_at, topic.locked_by, topic.lock_reason = None, None, ""
        topic.save(update_fields=["locked_at", "locked_by", "lock_reason"])
        audit.record("topic.unlock", subject=("topic", topic.pk), by=by.pk, at=at)
    return topic


@transaction.atomic
def hide_topic(topic: Topic, *, by: User, reason: str, at: datetime) -> Topic:
    """Take a whole topic off every page, title included: only moderators still find it."""
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_moderate(by, topic.category).enforce()
    if topic.state != Topic.State.HIDDEN:
        topic.state = Topic.State.HIDDEN
        topic.save(update_fields=["state"])
        audit.record("topic.hide", subject=("topic", topic.pk), by=by.pk, at=at, reason=reason)
    return topic


def _sent_before(key: UUID | None, by: User) -> Topic | None:
    if key is None:
        return None
    post = Post.objects.select_related("topic").filter(form_key=key, author=by, number=1).first()
    return post.topic if post else None
