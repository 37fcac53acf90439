"""Files: kept when they come, bound to the post that shows them, deleted when none does."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q
from PIL import Image

from accounts.models import User
from common.errors import DomainError
from common.filekinds import ANONYMOUS_KINDS, PICTURE_FORMATS, FileRefusedByKind, examine
from common.html_reading import read_html
from common.own_pictures import LARGE, OWN_FILES, SMALL, file_in, fitted
from common.pictures import NoPicture, as_webp, opened_upright
from forum import permissions
from forum.actions.errors import TextRefused
from forum.models import Attachment, Post
from forum.models.attachment import owner_tag
from forum.pace import files_key

log = logging.getLogger("plenary.files")

QUALITY: Final = 86
_DAY: Final = 24 * 3600
_BATCH: Final = 200


class FileRefused(DomainError):
    """A file that cannot be kept. `str()` names it and says why."""


def keep_file(*, by: User, name: str, data: bytes, at: datetime) -> Attachment:
    """Keep a file until a post of this person shows it (`attachment.markdown` is what their text says for it). A picture is drawn
    anew in two sizes, without place, camera or anything else that the file told. Where the storage does not take it, nothing of
    it is left but what the next sweep deletes. Raises FileRefused, Refused."""
    permissions.can_attach(by).enforce()
    shown = _shown_name(name)
    if len(data) > settings.FILE_MAX_MB * 1_000_000:
        raise FileRefused(f"{shown}: the file is larger than {settings.FILE_MAX_MB} MB, which is the most.")
    try:
        kind = examine(data, name)
        sizes = _drawn_anew(data) if kind.name == "picture" else [data]
    except (FileRefusedByKind, NoPicture) as problem:
        raise FileRefused(f"{shown}: {problem}") from problem
    _count_one_of_today(by, shown, at=at)
    measures = fitted(sizes[0].size, LARGE) if isinstance(sizes[0], Image.Image) else (None, None)
    stored = [as_webp(size, quality=QUALITY) if isinstance(size, Image.Image) else size for size in sizes]
    pk = uuid4()
    attachment = Attachment.objects.create(
        id=pk,
        owner_tag=owner_tag(pk, by),
        name=shown,
        kind=kind.name,
        content_type=kind.content_type,
        size=len(stored[0]),
        width=measures[0],
        height=measures[1],
        sha256=hashlib.sha256(stored[0]).hexdigest(),
        created_at=at,
    )
    try:
        for place, content in zip(attachment.stored, stored, strict=True):
            storages["attachments"].save(place, ContentFile(content))
    except OSError as problem:  # the row stays until a sweep has deleted what of it came as far as the storage
        log.warning("a file could not be kept: %s", type(problem).__name__)
        Attachment.objects.filter(pk=pk).update(removed_at=at)
        raise FileRefused(f"{shown}: files cannot be kept at the moment. Try again in a few minutes.") from problem
    return attachment


def refuse_too_many_files(html: str) -> None:
    """Raises TextRefused where a text shows more files than one post may."""
    most, told = settings.FILES_PER_POST, len(files_in(html))
    if told > most:
        raise TextRefused(f"This post shows {told} files; {most} is the most. Put the rest into a reply.")


def bind_attachments(post: Post, *, by: User, at: datetime) -> None:
    """The files that the post's text shows and `by` sent are the post's from now on; those of its own that the text no longer
    shows are shown to nobody. In the transaction that stores the text. No statement where a new post shows none. Raises
    TextRefused."""
    named = files_in(post.html)
    if post.revision > 1:
        theirs = Attachment.objects.filter(post=post, removed_at=None)
        theirs.exclude(pk__in=named).filter(left_text_at=None).update(left_text_at=at)
        theirs.filter(pk__in=named).update(left_text_at=None)
    if not named:
        return
    mine = [
        file
        for file in Attachment.objects.unbound().filter(pk__in=named).select_for_update()
        if file.owner_tag is not None and bytes(file.owner_tag) == owner_tag(file.pk, by)
    ]
    if post.persona_id is not None:
        _keep_nameless(mine)
    for file in mine:
        file.post, file.owner_tag = post, None
    Attachment.objects.bulk_update(mine, ["post", "owner_tag", "name"])


def take_files_away(posts: Sequence[int], *, at: datetime) -> int:
    """Nobody gets the files of these posts any more; their bytes are deleted once the transaction stands, or by the next sweep.
    Safe to call twice."""
    doomed = list(Attachment.objects.select_for_update().filter(post__in=posts, gone_at=None))
    Attachment.objects.filter(pk__in=[file.pk for file in doomed]).update(removed_at=at)
    transaction.on_commit(partial(_delete_bytes, doomed, at))
    return len(doomed)


@transaction.atomic
def sweep_files(*, at: datetime) -> int:
    """Delete what was taken away, and what no post has shown for FILE_ORPHAN_DAYS. Safe twice and in parallel. Returns how many
    files went; a batch at a time."""
    long_ago = at - timedelta(days=settings.FILE_ORPHAN_DAYS)
    due = Q(removed_at__isnull=False) | Q(post=None, created_at__lt=long_ago) | Q(left_text_at__lt=long_ago)
    doomed = list(
        Attachment.objects.select_for_update(skip_locked=True).filter(due, gone_at=None).order_by("created_at")[:_BATCH]
    )
    Attachment.objects.filter(pk__in=[file.pk for file in doomed], removed_at=None).update(removed_at=at)
    _delete_bytes(doomed, at)
    return len(doomed)


def files_in(html: str) -> list[UUID]:
    """The files of ours that a clean piece of HTML shows or leads to."""
    if OWN_FILES not in html:
        return []
    told = read_html(html)
    paths = (address.removeprefix(settings.SITE_URL) for address in (*told.links, *told.pictures))
    return list(dict.fromkeys(file for file in map(file_in, paths) if file is not None))


def _delete_bytes(files: Iterable[Attachment], at: datetime) -> None:
    files = [file for file in files if _is_deleted(file)]
    of_nobody = [file.pk for file in files if file.post_id is None]
    Attachment.objects.filter(pk__in=of_nobody).delete()
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(gone_at=at, name="taken away")


def _is_deleted(file: Attachment) -> bool:
    """Not while the storage is away: the next sweep tries again."""
    try:
        for place in file.stored:
            storages["attachments"].delete(place)
    except OSError as problem:
        log.warning("attachment %s could not be deleted: %s", file.pk, type(problem).__name__)
        return False
    return True


def _keep_nameless(files: Iterable[Attachment]) -> None:
    """Under a pseudonym a file's own name goes, and no file comes in that may hold its writer's."""
    for file in files:
        if file.kind not in ANONYMOUS_KINDS:
            raise TextRefused(
                f"{file.name}: documents hold the name of whoever wrote them. Under a pseudonym only pictures, CSV and plain text"
                " can be attached."
            )
        file.name = f"{'picture' if file.is_picture else 'document'}.{file.extension}"


def _drawn_anew(data: bytes) -> list[Image.Image | bytes]:
    picture = opened_upright(data, formats=PICTURE_FORMATS, needed=lambda size: fitted(size, LARGE))
    large = picture.resize(fitted(picture.size, LARGE), Image.Resampling.LANCZOS)
    return [large, large.resize(fitted(large.size, SMALL), Image.Resampling.LANCZOS)]


def _shown_name(name: str) -> str:
    """The last part of whatever path came, on one line, short."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = " ".join("".join(letter for letter in bare if letter.isprintable()).split())
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:100]}{dot}{extension[:10]}" if dot else kept[:100] or "file"


def _count_one_of_today(by: User, shown: str, *, at: datetime) -> None:
    """Counted in the cache under a name that tells nobody whose count it is."""
    key = files_key(by=by, at=at)
    cache.add(key, 0, _DAY)
    if cache.incr(key) > settings.FILES_PER_DAY:
        raise FileRefused(f"{shown}: you have attached {settings.FILES_PER_DAY} files today, which is the most. Try tomorrow.")
