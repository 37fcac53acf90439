"""Changing one's own post. Nothing is lost: what it said before stays as a revision."""

import difflib
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.markdown import RENDER_VERSION, render
from forum import permissions
from forum.actions.attachments import bind_attachments, refuse_too_many_files
from forum.actions.errors import EditedMeanwhile, TextRefused
from forum.kinds import forum_screen
from forum.models import Post, Revision
from forum.texts import body_problem, clean_body


def edit_post(post: Post, *, by: User, body: str, at: datetime, note: str = "", seen_revision: int | None = None) -> Post:
    """Give a post another text. `seen_revision`: the one that the writer had before them; raises EditedMeanwhile where it is
    not the last. The same text again changes nothing."""
    problem = body_problem(body)
    if problem:
        raise TextRefused(problem)
    text = clean_body(body)
    html = render(text)
    refuse_too_many_files(html)
    with transaction.atomic():
        post = Post.objects.select_related("topic__category").select_for_update(of=("self",)).get(pk=post.pk)
        permissions.can_edit(by, post).enforce()
        if seen_revision is not None and seen_revision != post.revision:
            raise EditedMeanwhile(
                "This post was changed in another window since you opened it. Copy your text and open it again."
            )
        if text == post.body:
            return post
        _screen(post, by=by, html=html, at=at)
        Revision.objects.create(
            post=post,
            number=post.revision,
            author=by,
            body=post.body,
            source_format=post.source_format,
            diff=_difference(post.body, text),
            note=note.strip()[:200],
            at=at,
        )
        post.body, post.html, post.render_version = text, html, RENDER_VERSION
        post.source_format = Post.Format.MARKDOWN
        post.revision, post.edited_at = post.revision + 1, at
        post.save(update_fields=["body", "html", "render_version", "source_format", "revision", "edited_at"])
        bind_attachments(post, by=by, at=at)
    return post


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
