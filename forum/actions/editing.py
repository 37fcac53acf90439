"""Changing one's own post. Nothing is lost: what it said before stays as a revision."""

import difflib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common.doors import open_door
from common.html_reading import read_html
from common.markdown import RENDER_VERSION, render
from forum import permissions
from forum.actions.attachments import bind_attachments, refuse_too_many_files
from forum.actions.errors import EditedMeanwhile, ReasonMissing, TextRefused
from forum.actions.following import follow_by_being_named
from forum.actions.speaking import refuse_the_silenced
from forum.kinds import forum_screen
from forum.models import Post, Revision
from forum.texts import body_problem, clean_body
from notifications.events import record_event

REACTIONS = ("agree_count", "thanks_count", "insightful_count", "disagree_count")


def edit_post(post: Post, *, by: User, body: str, at: datetime, note: str = "", seen_revision: int | None = None) -> Post:
    """Give a post another text. `seen_revision`: the one that the writer had before them; raises EditedMeanwhile where it is
    not the last, and ReasonMissing where others may have read it already and `note` does not say why. The same text again
    changes nothing."""
    problem = body_problem(body)
    if problem:
        raise TextRefused(problem)
    text, note = clean_body(body), " ".join(note.split())[:200]
    html = render(text)
    refuse_too_many_files(html)
    with transaction.atomic():
        post = Post.objects.select_related("topic__category", "persona").select_for_update(of=("self",)).get(pk=post.pk)
        permissions.can_edit(by, post, at=at).enforce()
        refuse_the_silenced(by)
        if seen_revision is not None and seen_revision != post.revision:
            raise EditedMeanwhile(
                "This post was changed in another window since you opened it. What it says now stands beside your text."
            )
        if text == post.body:
            return post
        quietly = is_quiet(post, at=at)
        if not quietly and not note:
            raise ReasonMissing("Say in one line what you changed: others may have read it as it was.")
        _screen(post, by=by, html=html, at=at)
        keep_revision(post, text, by=by, note=note, at=at)
        before, post.changed_quietly = post.html, quietly
        give_text(post, text, html=html, source_format=Post.Format.MARKDOWN, at=at)
        bind_attachments(post, by=by, at=at)
        _tell_the_named(post, before, at=at)
    return post


def _tell_the_named(post: Post, before: str, *, at: datetime) -> None:
    """A name that the change added is heard, as if it had stood there from the beginning. `before`: the HTML until now."""
    if post.state != Post.State.PUBLISHED or not set(read_html(post.html).mentions) - set(read_html(before).mentions):
        return
    follow_by_being_named(post)
    record_event("forum.named", at=at, by=post.author_id, topic=post.topic_id, post=post.pk, number=post.number)


def is_quiet(post: Post, *, at: datetime) -> bool:
    """Is a change now still part of writing it? Soon after, with nothing written after it, and no reaction. Wants `topic`."""
    soon = at < post.created_at + timedelta(minutes=settings.EDIT_QUIET_MINUTES)
    alone = post.topic.last_number == post.number and not any(getattr(post, name) for name in REACTIONS)
    return soon and alone and (post.revision == 1 or post.changed_quietly)


def keep_revision(post: Post, text: str, *, by: User, note: str, at: datetime) -> Revision:
    """What a post says now, before it says `text`. Its writer changes it under the name it was written under."""
    is_own_persona = post.persona_id is not None and permissions.wrote(by, post)
    return Revision.objects.create(
        post=post,
        number=post.revision,
        author=None if is_own_persona else by,
        persona_id=post.persona_id if is_own_persona else None,
        body=post.body,
        source_format=post.source_format,
        diff=_difference(post.body, text),
        note=note,
        at=at,
    )


def give_text(post: Post, text: str, *, html: str, source_format: str, at: datetime) -> None:
    """The post says this from now on, and so does what rooms above kept of it (settings.WORDS_CHANGED)."""
    before = post.html
    post.body, post.html, post.render_version, post.source_format = text, html, RENDER_VERSION, source_format
    post.revision, post.edited_at = post.revision + 1, at
    post.save(update_fields=["body", "html", "render_version", "source_format", "revision", "edited_at", "changed_quietly"])
    tell_of_words(post, before)


def tell_of_words(post: Post, before: str) -> None:
    """What rooms above kept of the HTML `before` follows what the post says now."""
    for door in settings.WORDS_CHANGED:
        open_door(door)(post.pk, before, post.html)


def _screen(post: Post, *, by: User, html: str, at: datetime) -> None:
    """What is on show cannot become what would have had to wait. What waits is read by a moderator as it then stands."""
    if post.state == Post.State.PUBLISHED:
        why = forum_screen().why_refuse_change(by, post=post, html=html, at=at)
        if why:
            raise TextRefused(why)


def _difference(before: str, after: str) -> str:
    """A unified diff by lines, without file names."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return "\n".join(line for line in lines if not line.startswith(("--- ", "+++ ")))
