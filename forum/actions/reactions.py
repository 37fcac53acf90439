"""Saying what one thinks of a post in one word. The counters on the post are exact at every moment."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from forum import permissions
from forum.actions.speaking import refuse_the_silenced
from forum.models import Post, Reaction
from forum.pace import keep_pace_of_reactions

_OPPOSITE = {Reaction.Kind.AGREE: Reaction.Kind.DISAGREE, Reaction.Kind.DISAGREE: Reaction.Kind.AGREE}


@transaction.atomic
def react(post: Post, *, by: User, kind: str, at: datetime) -> bool:
    """Say it; agreeing takes back a disagreement and the other way round. False where it was said already. Raises TooFast,
    Refused."""
    post = _held(post)
    permissions.can_react(by, post).enforce()
    refuse_the_silenced(by)
    keep_pace_of_reactions(by=by, at=at)
    opposite = _OPPOSITE.get(Reaction.Kind(kind))
    if opposite is not None:
        _take_back(post, by, opposite)
    _, made = Reaction.objects.get_or_create(post_id=post.pk, user_id=by.pk, kind=kind, defaults={"created_at": at})
    if made:
        _count(post, kind, +1)
    return made


@transaction.atomic
def unreact(post: Post, *, by: User, kind: str) -> bool:
    """Take it back. False where nothing was said. Raises Refused for a post that may not be seen."""
    post = _held(post)
    permissions.can_see_post(by, post).enforce()
    return _take_back(post, by, kind)


@transaction.atomic
def toggle_reaction(post: Post, *, by: User, kind: str, at: datetime) -> bool:
    """Say it, or take it back where it was said. True where it is said now."""
    return not unreact(post, by=by, kind=kind) and react(post, by=by, kind=kind, at=at)


def _held(post: Post) -> Post:
    """The row, kept from others until the transaction ends: whoever counts, counts alone."""
    return Post.objects.select_related("topic__category", "persona").select_for_update(of=("self",)).get(pk=post.pk)


def _take_back(post: Post, by: User, kind: str) -> bool:
    gone, _ = Reaction.objects.filter(post_id=post.pk, user_id=by.pk, kind=kind).delete()
    if gone:
        _count(post, kind, -1)
    return bool(gone)


def _count(post: Post, kind: str, change: int) -> None:
    column = f"{Reaction.Kind(kind).value}_count"
    Post.objects.filter(pk=post.pk).update(**{column: F(column) + change})
