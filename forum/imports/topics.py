"""Writing the topics of an archive: a batch in one transaction, and each topic whole or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from common.markdown import sanitise
from forum.imports.addresses import Arrived, OldForum
from forum.imports.categories import Categories
from forum.imports.cooked import convert
from forum.imports.discourse import SourceTopic
from forum.imports.links import arrivals, arrived
from forum.imports.people import People
from forum.imports.rows import WRITTEN, belongs_here, wanted_rows
from forum.models import Category, ImportedTopic, Post, Reaction, Revision, Topic, TopicActivity
from forum.texts import topic_slug

_BATCH: Final = 500
_CLOSED: Final = "It was closed on the forum it came from."


@dataclass(frozen=True, slots=True)
class Stored:
    """What writing a topic changed. `kept`: the archive's posts that stayed as they are here, because they were changed or
    removed here, or because somebody here had the number first."""

    is_new: bool = False
    is_changed: bool = False
    posts_new: int = 0
    posts_changed: int = 0
    posts_gone: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A topic read from the archive; `fingerprint`: of the file it was read from."""

    source: SourceTopic
    fingerprint: bytes


class Shelf:
    """Where the topics of one forum are put. `categories` and `people` remember across batches; after a batch that failed,
    call `forget`."""

    def __init__(self, host: str, categories: Categories, at: datetime) -> None:
        self._host = host
        self._categories = categories
        self._people = People(host, at)
        self._at = at

    def forget(self) -> None:
        self._categories.forget()
        self._people.forget()

    @transaction.atomic
    def store(self, batch: Sequence[Arrival]) -> list[Stored]:
        """Write these topics (each number once) as their files have them, in a number of statements that grows only with
        those that changed since. The same file again changes nothing. Raises DatabaseError; then nothing came in."""
        rows = ImportedTopic.objects.filter(host=self._host, source_id__in=[one.source.id for one in batch])
        known = {row.source_id: row for row in rows}
        new = [one for one in batch if one.source.id not in known]
        stored = dict(zip((one.source.id for one in new), self._add(new), strict=True)) if new else {}
        for one in batch:
            before = known.get(one.source.id)
            if before is not None:
                same = bytes(before.fingerprint) == one.fingerprint
                stored[one.source.id] = Stored() if same else self._change(one, before)
        return [stored[one.source.id] for one in batch]

    def _add(self, new: Sequence[Arrival]) -> list[Stored]:
        authors = self._people.accounts({name for one in new for name in _names(one.source)})
        topics = [_filled(Topic(), one.source, self._categories.of(one.source.category_id), authors) for one in new]
        Topic.objects.bulk_create(topics)
        texts = (post.cooked for one in new for post in one.source.posts)
        here = arrivals(self._host, texts)
        pairs = list(zip(new, topics, strict=True))
        here |= {one.source.id: _arrived(one.source, topic) for one, topic in pairs}
        forum = OldForum(self._host, here)
        rows = [wanted_rows(one.source, topic.pk, {}, authors, _html(one.source, forum), self._at) for one, topic in pairs]
        Post.objects.bulk_create([row for some in rows for row in some], batch_size=_BATCH)
        TopicActivity.objects.bulk_create(
            [TopicActivity(topic=topic, **activity(topic, some)) for topic, some in zip(topics, rows, strict=True)]
        )
        ImportedTopic.objects.bulk_create([ImportedTopic(topic=topic, **self._origin(one)) for one, topic in pairs])
        return [Stored(is_new=True, posts_new=len(one.source.posts)) for one in new]

    def _change(self, one: Arrival, before: ImportedTopic) -> Stored:
        source = one.source
        topic = Topic.objects.select_related("category").select_for_update(of=("self",)).get(pk=before.topic_id)
        moved_here = not self._categories.is_ours(topic.category)
        authors = self._people.accounts(_names(source))
        _filled(topic, source, topic.category if moved_here else self._categories.of(source.category_id), authors).save()
        existing = {post.number: post for post in Post.objects.filter(topic=topic).defer("search")}
        here = arrivals(self._host, (post.cooked for post in source.posts)) | {source.id: _arrived(source, topic)}
        wanted = wanted_rows(source, topic.pk, existing, authors, _html(source, OldForum(self._host, here)), self._at)
        _write(wanted, existing)
        rows = Post.objects.filter(topic=topic).only("topic", "number", "state", "author", "persona", "created_at").in_time()
        TopicActivity.objects.filter(topic=topic).update(**activity(topic, rows))
        ImportedTopic.objects.filter(pk=before.pk).update(**self._origin(one))
        return _changed(source, wanted, existing)

    def _origin(self, one: Arrival) -> dict[str, Any]:
        return {
            "host": self._host,
            "source_id": one.source.id,
            "slug": one.source.slug,
            "fingerprint": one.fingerprint,
            "imported_at": self._at,
        }


def hide_topic_of(host: str, source_id: int) -> bool:
    """The archive no longer shows a topic that came in before: it goes off the page here too. True where there was one."""
    shown = Topic.objects.filter(
        imported_from__host=host, imported_from__source_id=source_id, state=Topic.State.PUBLISHED
    ).values_list("pk", flat=True)
    return bool(Topic.objects.filter(pk__in=list(shown)).update(state=Topic.State.HIDDEN))


def activity(topic: Topic, rows: Iterable[Post]) -> dict[str, Any]:
    """What `TopicActivity` should say, from a topic's rows in order of number."""
    shown = [row for row in rows if row.state == Post.State.PUBLISHED]
    last = (
        shown[-1]
        if shown
        else Post(number=1, author_id=topic.author_id, persona_id=topic.persona_id, created_at=topic.created_at)
    )
    return {
        "category": topic.category,
        "reply_count": sum(row.number > 1 for row in shown),
        "participant_count": len({(row.author_id, row.persona_id) for row in shown}),
        "last_post_number": last.number,
        "last_posted_at": last.created_at,
        "last_author_id": last.author_id,
        "last_persona_id": last.persona_id,
    }


def _names(source: SourceTopic) -> set[str]:
    return {source.author, *(post.author for post in source.posts)}


def _filled(topic: Topic, source: SourceTopic, category: Category, authors: Mapping[str, int]) -> Topic:
    topic.category, topic.author_id = category, authors[source.author]
    topic.title, topic.slug, topic.created_at = source.title, topic_slug(source.title), source.created_at
    topic.last_number = max(topic.last_number, source.highest)
    topic.solution_number = source.solution
    if source.closed_at and not topic.is_locked:
        topic.locked_at, topic.lock_reason = source.closed_at, _CLOSED
    return topic


def _arrived(source: SourceTopic, topic: Topic) -> Arrived:
    return arrived(topic.pk, topic.slug, (post.number for post in source.posts))


def _html(source: SourceTopic, forum: OldForum) -> dict[int, str]:
    is_here = frozenset(post.number for post in source.posts).__contains__
    return {post.number: sanitise(convert(post.cooked, forum, topic_id=source.id, is_here=is_here)) for post in source.posts}


def _changed(source: SourceTopic, wanted: Sequence[Post], existing: Mapping[int, Post]) -> Stored:
    given = {post.number for post in source.posts}
    stood = {number for number, post in existing.items() if post.state != Post.State.GAP}
    kept = {number for number in stood & given if belongs_here(existing[number])}
    touched = {row.number for row in wanted} & given - kept
    return Stored(
        is_changed=True,
        posts_new=len(touched - stood),
        posts_changed=len(touched & stood),
        posts_gone=sum(row.state == Post.State.GAP and row.number in stood for row in wanted),
        kept=len(kept),
    )


def _write(wanted: Sequence[Post], existing: Mapping[int, Post]) -> None:
    changed = [row for row in wanted if row.number in existing]
    Post.objects.bulk_create([row for row in wanted if row.number not in existing], batch_size=_BATCH)
    Post.objects.bulk_update(changed, [name.removesuffix("_id") for name in WRITTEN], batch_size=100)
    emptied = [row.pk for row in changed if row.state == Post.State.GAP]
    if emptied:
        Reaction.objects.filter(post__in=emptied).delete()
        Revision.objects.filter(post__in=emptied).delete()
        Post.objects.filter(pk__in=emptied).update(agree_count=0, thanks_count=0, insightful_count=0, disagree_count=0)
