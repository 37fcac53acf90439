"""Replying."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, F, IntegerField, Value, When

from accounts.models import User
from common.markdown import RENDER_VERSION, render
from forum import permissions
from forum.actions.attachments import bind_attachments, refuse_too_many_files
from forum.actions.counting import count_below, count_in_topic
from forum.actions.errors import ParentGone, TextRefused, TopicLocked
from forum.actions.numbering import take_number
from forum.kinds import forum_screen
from forum.models import Level, Post, Topic, TopicMember
from forum.readers.standing import standing_then
from forum.texts import body_problem, clean_body
from notifications.events import record_event


def reply_to_topic(
    topic: Topic, *, by: User, body: str, at: datetime, parent_number: int | None = None, key: UUID | None = None
) -> Post:
    """The next post of a topic, in answer to the post `parent_number` or to the topic as a whole.

    Where the screen (settings.FORUM_SCREEN) says so it waits for a moderator: its number is taken, nothing is counted or told.
    Sent twice under one `key`, the first stays and is returned. Raises TextRefused, ParentGone, TopicLocked, Refused; then
    nothing is left behind and no number is used up.
    """
    permissions.can_reply(by, topic).enforce()
    problem = body_problem(body)
    if problem:
        raise TextRefused(problem)
    text = clean_body(body)
    html = render(text)
    refuse_too_many_files(html)
    sent = _sent_before(key, by)
    if sent is not None:
        return sent
    screen = forum_screen()
    why = screen.why_hold(by, category=topic.category, title="", html=html, at=at)
    standing = standing_then(by, at=at)  # before the number is taken: others wait for it
    try:
        with transaction.atomic():
            parent = _parent(topic, parent_number)
            number = take_number(topic.pk)
            if number is None:
                raise TopicLocked("This topic was locked while you were writing. Your text is kept as a draft.")
            post = Post(
                topic=topic,
                number=number,
                parent_number=parent.number if parent else None,
                root_number=parent.root_number if parent else number,
                depth=parent.depth + 1 if parent else 0,
                author=by,
                body=text,
                html=html,
                render_version=RENDER_VERSION,
                created_at=at,
                form_key=key,
                state=Post.State.PENDING if why else Post.State.PUBLISHED,
                held_because=why,
            )
            newcomer = not Post.objects.filter(topic=topic, author=by, state=Post.State.PUBLISHED).exists()
            post.standing = standing if post.author_id else None
            post.save(force_insert=True)
            bind_attachments(post, by=by, at=at)
            _follow(post, by)
            if why:
                screen.held(post, at=at)
            else:
                count_below(topic, post.parent_number, post.root_number)
                count_in_topic(post, newcomer=newcomer)
                record_event("forum.replied", at=at, by=by.pk, topic=topic.pk, post=post.pk, number=number)
    except IntegrityError as error:
        sent = _sent_before(key, by) if "one_post_per_form" in str(error) else None
        if sent is None:
            raise
        return sent
    return post


def _sent_before(key: UUID | None, by: User) -> Post | None:
    return None if key is None else Post.objects.filter(form_key=key, author=by).select_related("topic").first()


def _parent(topic: Topic, number: int | None) -> Post | None:
    if number is None:
        return None
    parent = (
        Post.objects.only("number", "root_number", "depth").filter(topic=topic, number=number, state=Post.State.PUBLISHED).first()
    )
    if parent is None:
        raise ParentGone(f"Post {number} is not there any more. You can post this as a reply to the topic instead.")
    return parent


def _follow(post: Post, by: User) -> None:
    """Whoever answers follows from then on, unless they chose otherwise; what they wrote themselves is read."""
    known = TopicMember.objects.filter(user=by, topic=post.topic_id).update(
        level=Case(When(level=Level.NORMAL, then=Value(Level.TRACKING.value)), default=F("level"), output_field=CharField()),
        last_read=Case(
            When(last_read=post.number - 1, then=Value(post.number)), default=F("last_read"), output_field=IntegerField()
        ),
    )
    if not known:
        TopicMember.objects.bulk_create(
            [TopicMember(user=by, topic_id=post.topic_id, last_read=post.number, read_at=post.created_at, level=Level.TRACKING)],
            ignore_conflicts=True,
        )
