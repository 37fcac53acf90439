"""Starting a topic, and what a moderator does with one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from common import audit
from common.markdown import RENDER_VERSION, render
from forum import permissions
from forum.actions.attachments import bind_attachments, refuse_too_many_files
from forum.actions.errors import TextRefused
from forum.actions.following import follow_by_being_named, follow_by_starting
from forum.actions.notes import leave_note
from forum.actions.pinning import Pin
from forum.actions.polls import put_poll
from forum.actions.speaking import mark_of_topic, refuse_the_silenced, reserved_persona_id, speak_as, why_hold
from forum.actions.tags import put_tags
from forum.kinds import forum_screen
from forum.models import Category, Post, Topic, TopicActivity, TopicNote
from forum.pace import pace_of_topics
from forum.polling import PollPlan, poll_problem
from forum.pseudonyms import OWN, Voice
from forum.readers.standing import standing_then
from forum.tagging import tags_problem
from forum.texts import body_problem, clean_body, clean_title, title_problem, topic_slug
from notifications.events import record_event

NOT_UNDER_A_PSEUDONYM: Final = (
    "Announcements are made, and topics pinned, under one’s own name: so few may that a pseudonym would say who you are."
)


def start_topic(
    category: Category,
    *,
    by: User,
    title: str,
    body: str,
    at: datetime,
    kind: str = Topic.Kind.DISCUSSION,
    key: UUID | None = None,
    voice: Voice = OWN,
    tags: Sequence[str] = (),
    pin: Pin | None = None,
    poll: PollPlan | None = None,
    keep_from_practice: bool = False,
) -> Topic:
    """A new topic with its first post, which its author follows from then on; as a persona (`voice`) nothing else of theirs
    changes. `keep_from_practice`: members of the writer's own practice do not know of it. Sent twice under one `key`, the first
    stays and is returned. Where the screen (settings.FORUM_SCREEN) says so it waits for a moderator. Raises TextRefused, TooFast,
    Refused and what `speak_as` raises."""
    permissions.can_start(by, category).enforce()
    refuse_the_silenced(by)
    if pin is not None or kind == Topic.Kind.ANNOUNCEMENT:
        _enforce_announcing(by, category, voice)
    problem = title_problem(title) or body_problem(body) or tags_problem(tags) or _of(poll, at)
    if problem:
        raise TextRefused(problem)
    sent = _sent_before(key, by)
    if sent is not None:
        return sent
    text = clean_body(body)
    html = render(text)
    refuse_too_many_files(html)
    title = clean_title(title)
    why = why_hold(voice, by=by, category=category, title=title, html=html + (poll.html if poll else ""), at=at)
    kept = mark_of_topic(category, by=by, wanted=keep_from_practice)
    persona_id = reserved_persona_id() if voice.is_persona else None
    writer = {"persona_id": persona_id} if voice.is_persona else {"author_id": by.pk}
    try:
        with pace_of_topics(by=by, as_persona=voice.is_persona, at=at), transaction.atomic():
            topic = Topic.objects.create(
                category=category,
                **writer,
                title=title,
                slug=topic_slug(title),
                kind=kind,
                last_number=1,
                created_at=at,
                state=Topic.State.PENDING if why else Topic.State.PUBLISHED,
                pinned_until=pin.until if pin else None,
                pinned_everywhere=pin.everywhere if pin else False,
                kept_from=kept,
            )
            speak_as(topic, voice, by=by, at=at, reserved=persona_id)
            if tags:
                put_tags(topic, tags)
            post = Post.objects.create(
                topic=topic,
                number=1,
                root_number=1,
                **writer,
                body=text,
                html=html,
                render_version=RENDER_VERSION,
                created_at=at,
                form_key=key,
                standing=None if voice.is_persona else standing_then(by, at=at),
                state=Post.State.PENDING if why else Post.State.PUBLISHED,
                held_because=why,
                kept_from=kept,
            )
            bind_attachments(post, by=by, at=at)
            if poll:
                put_poll(post, poll, at=at)
            TopicActivity.objects.create(
                topic=topic,
                category=category,
                participant_count=int(not why),
                last_posted_at=at,
                last_author_id=post.author_id,
                last_persona_id=post.persona_id,
            )
            if not voice.is_persona:
                follow_by_starting(topic, by=by, at=at)
            if why:
                forum_screen().held(post, at=at)
            else:
                follow_by_being_named(post)
                record_event("forum.started", at=at, by=post.author_id, topic=topic.pk, post=post.pk, number=1)
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
    if topic.locked_at is None:
        topic.locked_at, topic.locked_by, topic.lock_reason = at, by, reason.strip()[:200]
        topic.save(update_fields=["locked_at", "locked_by", "lock_reason"])
        leave_note(topic, TopicNote.Kind.LOCKED, reason=topic.lock_reason, at=at)
        audit.record("topic.lock", subject=("topic", topic.pk), by=by.pk, at=at, reason=topic.lock_reason)
    return topic


@transaction.atomic
def unlock_topic(topic: Topic, *, by: User, at: datetime) -> Topic:
    """Open again. Nothing happens where it is not locked."""
    topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_moderate(by, topic.category).enforce()
    if topic.locked_at is not None:
        topic.locked_at, topic.locked_by, topic.lock_reason = None, None, ""
        topic.save(update_fields=["locked_at", "locked_by", "lock_reason"])
        leave_note(topic, TopicNote.Kind.UNLOCKED, reason="", at=at)
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


def _enforce_announcing(by: User, category: Category, voice: Voice) -> None:
    permissions.can_announce(by, category).enforce()
    if voice.is_persona:
        raise TextRefused(NOT_UNDER_A_PSEUDONYM)


def _of(poll: PollPlan | None, at: datetime) -> str:
    return poll_problem(poll, at=at) if poll else ""


def _sent_before(key: UUID | None, by: User) -> Topic | None:
    if key is None:
        return None
    post = Post.objects.select_related("topic", "persona").filter(form_key=key, number=1).first()
    return post.topic if post and permissions.wrote(by, post) else None
