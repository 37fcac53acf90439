"""Replying."""

from datetime import datetime
from typing import Final, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.query import QuerySet

from accounts.models import User
from accounts.standing import Anyone
from accounts.statements import ReadersStatement
from common.markdown import RENDER_VERSION, render
from common.statements import Statement
from forum import permissions
from forum.actions.attachments import bind_attachments, refuse_too_many_files
from forum.actions.drafts import Written, finish_draft
from forum.actions.errors import ParentGone, TextRefused, TopicLocked, TopicMoved
from forum.actions.following import follow_by_being_named
from forum.actions.numbering import take_number
from forum.actions.polls import put_poll
from forum.actions.speaking import mark_to_keep, settled_voice, speak_as, why_hold
from forum.actions.storing import store_reply
from forum.kinds import forum_screen
from forum.models import Post, Topic
from forum.models.persona import own_tag
from forum.pace import pace_of_replies
from forum.polling import PollPlan, poll_problem
from forum.pseudonyms import Voice
from forum.readers.standing import before_a_reply
from forum.texts import body_problem, clean_body
from notifications.events import record_event


def reply_to_topic(
    topic: Topic,
    *,
    by: User,
    body: str,
    at: datetime,
    parent_number: int | None = None,
    key: UUID | None = None,
    voice: Voice | None = None,
    keep_from_practice: bool = False,
    poll: PollPlan | None = None,
    draft: Written | None = None,
) -> Post:
    """The next post of a topic, in answer to the post `parent_number` or to the topic as a whole.

    `voice`: under which name; None where nobody was asked, which is refused once the member has a persona in the topic. As a
    persona nothing else of theirs changes: no read mark, no following. `keep_from_practice`: members of the writer's own practice
    do not see it, nor anything that the same persona writes here later. `draft`: what it was written as before; it is finished
    with the post, unless that is a persona's (`forget_draft` is for those).

    Where the screen (settings.FORUM_SCREEN) says so it waits for a moderator: its number is taken, nothing is counted or told.
    Sent twice under one `key`, the first stays and is returned. Raises TextRefused, TooFast, ParentGone, TopicLocked, TopicMoved,
    Refused and what `speak_as` and `settled_voice` raise; then nothing is left behind and no number is used up.
    """
    permissions.can_reply(by, topic).enforce()
    if keep_from_practice:
        permissions.can_keep_from_practice(by, topic.category).enforce()
    voice = settled_voice(topic, voice, by=by)
    problem = body_problem(body) or (poll_problem(poll, at=at) if poll else "")
    if problem:
        raise TextRefused(problem)
    text = clean_body(body)
    html = render(text)
    refuse_too_many_files(html)
    before = None if voice.is_persona else before_a_reply(by, at=at, key=key, most=settings.PACE_REPLIES)
    sent = _sent_before(topic, key, by, voice) if before is None or before.sent else None
    if sent is not None:
        return sent
    why = why_hold(voice, by=by, category=topic.category, html=html + (poll.html if poll else ""), at=at)
    lately = before.lately if before else ()
    try:
        with pace_of_replies(by=by, as_persona=voice.is_persona, lately=lately, at=at) as pace, transaction.atomic():
            persona = speak_as(topic, voice, by=by, at=at)
            writer = {"author": by} if persona is None else {"persona": persona}
            number = take_number(topic)
            if number is None:
                _refuse_what_changed(topic, by=by)
            parent = _parent(topic, parent_number, by=by)
            post = Post(
                topic=topic,
                number=number,
                parent_number=parent.number if parent else None,
                root_number=parent.root_number if parent else number,
                depth=parent.depth + 1 if parent else 0,
                **writer,
                body=text,
                html=html,
                render_version=RENDER_VERSION,
                created_at=at,
                form_key=key,
                standing=before.standing if before else None,
                state=Post.State.PENDING if why else Post.State.PUBLISHED,
                held_because=why,
                kept_from=mark_to_keep(topic, persona, by=by, wanted=keep_from_practice),
            )
            store_reply(post)
            bind_attachments(post, by=by, at=at)
            if poll:
                put_poll(post, poll, at=at)
            if why:
                forum_screen().held(post, at=at)
            else:
                follow_by_being_named(post)
                record_event("forum.replied", at=at, by=post.author_id, topic=topic.pk, post=post.pk, number=number)
            if draft and persona is None:
                finish_draft(by=by, key=draft.key, text=text, seen=draft.seen, at=at)
    except IntegrityError as error:
        sent = _sent_before(topic, key, by, voice) if "one_post_per_form" in str(error) else None
        if sent is None:
            raise
        return sent
    post.pace_told = pace
    return post


def _sent_before(topic: Topic, key: UUID | None, by: User, voice: Voice) -> Post | None:
    if key is None:
        return None
    if voice.is_persona:
        return _SENT.first(True, key=key, tag=own_tag(topic.pk, by.pk))
    return _SENT.first(False, key=key, author=by.pk)


def _sent(as_persona: bool, *, key: UUID, tag: bytes = b"", author: int = 0) -> "QuerySet[Post]":
    writer = {"persona__owner_tag": tag} if as_persona else {"author": author}
    return Post.objects.filter(form_key=key, **writer).select_related("topic")


_SENT: Final = Statement(_sent)


def _refuse_what_changed(topic: Topic, *, by: User) -> NoReturn:
    """No number was to be had: the topic is not what it was when the rule was asked, so it is asked again."""
    now = Topic.objects.select_related("category", "persona").get(pk=topic.pk)
    permissions.can_see_topic(by, now).enforce()
    if not now.is_locked and now.category_id != topic.category_id:
        permissions.can_reply(by, now).enforce()
        raise TopicMoved(
            f"This topic was moved to {now.category} while you were writing: other people read there. What you wrote is still "
            "here. Look at it once more, and post it again."
        )
    raise TopicLocked("This topic was locked while you were writing. Your text is kept as a draft.")


def _parent(topic: Topic, number: int | None, *, by: User) -> Post | None:
    """Asked while the topic is held: nothing of it is hidden or moved meanwhile. What one may not read one cannot answer."""
    if number is None:
        return None
    parent = _PARENT.first(by, topic=topic.pk, number=number, tag=own_tag(topic.pk, by.pk))
    if parent is None:
        raise ParentGone(f"Post {number} is not there any more. Sent once more, this is posted as a reply to the topic.")
    return parent


def _parents(user: Anyone, *, topic: int, number: int, tag: bytes) -> "QuerySet[Post]":
    readable = Post.objects.visible_or_own(user, topic_id=topic, tag=tag).filter(number=number, state=Post.State.PUBLISHED)
    return readable.only("number", "root_number", "depth")


_PARENT: Final = ReadersStatement(_parents)
