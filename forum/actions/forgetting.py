"""What the forum has of somebody whose account is erased. Their posts stay, under nobody's name; what they wrote under pseudonyms
is not touched, since nothing here knows whose it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q

from common.leavers import Leaver
from forum.leaving_names import without_attribution, without_mentions
from forum.models import Attachment, Bookmark, CategoryMember, Draft, Post, Revision, TopicMember
from forum.models.attachment import owner_tag_of
from forum.quoting import plain_name

_BATCH: Final = 500
_OWN: Final = (Draft, Bookmark, TopicMember, CategoryMember)


def forget_author(leaver: Leaver, *, at: datetime) -> bool:
    """What was theirs alone goes: drafts, bookmarks, what they follow and have read, files that stand in no post; and the facts
    that stood beside their posts. One of settings.ACCOUNT_ERASED."""
    with transaction.atomic():
        for model in _OWN:
            model._default_manager.filter(user__in=leaver.accounts).delete()
    _take_loose_files_away(leaver, at=at)
    while _forget_standing(leaver):
        pass
    return True


def forget_name_in_posts(leaver: Leaver, *, at: datetime) -> bool:
    """Out of mentions, and from over quotations: in what others wrote, and in what it said before. No other words change, so
    neither does the time of the last change. One of settings.ACCOUNT_ERASED."""
    places = _places(leaver)

    def clean(text: str) -> str:
        return without_attribution(without_mentions(text, leaver.handles), leaver.names, places)

    posts = Post.objects.filter(_may_name(leaver, ("body",), topic="topic")).order_by("pk")
    for batch in _batches(list(posts.values_list("pk", flat=True))):
        _clean_posts(batch, clean)
    revisions = Revision.objects.filter(_may_name(leaver, ("body", "diff", "note"), topic="post__topic")).order_by("pk")
    for batch in _batches(list(revisions.values_list("pk", flat=True))):
        _clean_revisions(batch, clean)
    return True


def _may_name(leaver: Leaver, fields: Sequence[str], *, topic: str) -> Q:
    """What is worth reading: where the name stands as the house puts it, or a quotation does in a topic that they wrote in."""
    mine = Post.objects.filter(author__in=leaver.accounts).values("topic")
    told = Q()
    for field in fields:
        for handle in leaver.handles:
            told |= Q((f"{field}__icontains", f"@{handle}"))
        for name in leaver.names:
            told |= Q((f"{field}__contains", f"[{plain_name(name)}, #"))
        told |= Q((f"{topic}__in", mine), (f"{field}__contains", "#p"))
    return told


def _places(leaver: Leaver) -> set[tuple[int, int]]:
    """Where their posts stand: the topic, and the number in it."""
    return set(Post.objects.filter(author__in=leaver.accounts).values_list("topic", "number"))


@transaction.atomic
def _clean_posts(batch: list[int], clean: Callable[[str], str]) -> None:
    changed = []
    for post in Post.objects.select_for_update(of=("self",)).filter(pk__in=batch).only("body", "html").order_by("pk"):
        body, html = clean(post.body), clean(post.html)
        if (body, html) != (post.body, post.html):
            post.body, post.html = body, html
            post.moderation_version = F("moderation_version") + 1
            changed.append(post)
    Post.objects.bulk_update(changed, ["body", "html", "moderation_version"])


@transaction.atomic
def _clean_revisions(batch: list[int], clean: Callable[[str], str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('plenary.erasing', 'on', true)")
    rows = Revision.objects.select_for_update(of=("self",)).filter(pk__in=batch, removed_at=None).order_by("pk")
    for row in rows:
        row.body, row.diff, row.note = clean(row.body), clean(row.diff), clean(row.note)
        row.save(update_fields=["body", "diff", "note"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('plenary.erasing', '', true)")


@transaction.atomic
def _take_loose_files_away(leaver: Leaver, *, at: datetime) -> None:
    """Whose a file is that stands in no post says its tag alone. The sweeper deletes the bytes."""
    loose = Attachment.objects.unbound().values_list("pk", "owner_tag")
    theirs = [
        pk for pk, tag in loose.iterator(2_000) if any(bytes(tag or b"") == owner_tag_of(pk, each) for each in leaver.accounts)
    ]
    Attachment.objects.filter(pk__in=theirs).update(removed_at=at, name="-")


@transaction.atomic
def _forget_standing(leaver: Leaver) -> int:
    """One batch of their posts; 0 when none is left."""
    with_facts = Post.objects.filter(author__in=leaver.accounts, standing__isnull=False)
    batch = list(with_facts.select_for_update().order_by("pk").values_list("pk", flat=True)[:_BATCH])
    return Post.objects.filter(pk__in=batch).update(standing=None, moderation_version=F("moderation_version") + 1)


def _batches(rows: list[int]) -> list[list[int]]:
    return [rows[place : place + _BATCH] for place in range(0, len(rows), _BATCH)]
