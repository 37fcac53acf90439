"""One import, from the archive to the report."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from django.db import DataError, IntegrityError, OperationalError, connection

from common import audit
from forum.imports.archives import Member, content, members
from forum.imports.categories import Categories
from forum.imports.discourse import LeftOut, SourceTopic, parse, read_topic
from forum.imports.fields import Unreadable
from forum.imports.hosts import host_in
from forum.imports.links import lead_late_links_here
from forum.imports.report import Report
from forum.imports.topics import Arrival, Shelf, hide_topic_of
from forum.imports.unpacking import ArchiveBroken

RULES: Final = b"1"
"""Raise when the same file gives other rows: then the next run writes every topic again."""
_BATCH_POSTS: Final = 500
_BATCH_TOPICS: Final = 100
_BATCH_BYTES: Final = 8 * 1024 * 1024
_LOCK: Final = 0x494D504F  # pg advisory lock: one import at a time


class AnotherRuns(Exception):
    """Two imports at once would count the same topics twice."""


def import_archive(
    path: Path, *, access: str, at: datetime, host: str = "", progress: Callable[[Report, float], None] = lambda _, __: None
) -> Report:
    """Bring everything in that the archive at `path` shows, one topic at a time, and write one audit entry.

    Safe to call again: what is here already is only compared. Without `host` it is read from the archive. `progress` hears
    after each file how far it is, 0 to 1. Raises ArchiveBroken where nothing can be read at all, and AnotherRuns.
    """
    with _alone():
        run = _Run(path, host or host_in(path), access, at)
        for member in run.members():
            run.take(member)
            progress(run.report, min(member.done, 0.99))
        run.finish()
        progress(run.report, 1.0)
    return run.report


class _Run:
    def __init__(self, path: Path, host: str, access: str, at: datetime) -> None:
        self.report = Report(host)
        self._path, self._host, self._at = path, host, at
        self._began = monotonic()
        self._categories = Categories(host, access, at=at)
        self._shelf = Shelf(host, self._categories, at)
        self._waiting: list[tuple[str, Arrival]] = []
        self._waiting_posts = self._waiting_bytes = 0
        self._seen: set[int] = set()

    def members(self) -> Iterator[Member]:
        """Up to where the archive breaks off, if it does: what came before stays in."""
        try:
            yield from members(self._path)
        except ArchiveBroken as error:
            self.write()
            if not self.report.topics:
                raise
            self.report.broken = str(error)
            self.report.errors.append(str(error))

    def take(self, member: Member) -> None:
        """One file: waiting to be written, left out, or named with what is wrong."""
        found: Mapping[str, object] = {}
        try:
            found = parse(content(member))
            if not self._categories.learn_from_list(found):
                self._queue(member, read_topic(found))
        except LeftOut as reason:
            self.report.skipped[str(reason)] += 1
            self._off_the_page(found)
        except Unreadable as error:
            self._name(member.name, str(error))

    def _queue(self, member: Member, source: SourceTopic) -> None:
        if source.id in self._seen:
            self.report.skipped["topics that stand in the archive again"] += 1
            return
        self._seen.add(source.id)
        for post in source.posts:
            self._categories.learn_from_badges(post.cooked)
        self._waiting.append((member.name, Arrival(source, hashlib.sha256(RULES + member.data).digest())))
        self._waiting_posts += len(source.posts)
        self._waiting_bytes += len(member.data)
        if self._waiting_posts >= _BATCH_POSTS or len(self._waiting) >= _BATCH_TOPICS or self._waiting_bytes >= _BATCH_BYTES:
            self.write()

    def write(self) -> None:
        """Write what waits: all at once, or one by one where one of them cannot be written."""
        batch, self._waiting = self._waiting, []
        self._waiting_posts = self._waiting_bytes = 0
        if batch and not self._stored(batch):
            for one in batch:
                self._stored([one])

    def _stored(self, batch: list[tuple[str, Arrival]]) -> bool:
        try:
            stored = self._shelf.store([arrival for _, arrival in batch])
        except (DataError, IntegrityError, OperationalError) as error:
            if not connection.is_usable():
                raise
            self._shelf.forget()
            if len(batch) == 1:
                self._name(batch[0][0], f"the database refused it ({' '.join(str(error).split())[:200]})")
            return False
        for (_, arrival), outcome in zip(batch, stored, strict=True):
            self.report.skipped.update(arrival.source.left_out)
            self.report.add(arrival.source, outcome)
        return True

    def _off_the_page(self, found: object) -> None:
        source_id = found.get("id") if isinstance(found, dict) else None
        if isinstance(source_id, int) and 0 < source_id < 2**63 and source_id not in self._seen:
            self.report.changes["topics_hidden"] += hide_topic_of(self._host, source_id)

    def _name(self, name: str, why: str) -> None:
        shown = "".join(letter if letter.isprintable() else "?" for letter in name)[:200]
        self.report.errors.append(f"{shown}: {why}"[:600].encode("utf-8", "replace").decode())

    def finish(self) -> None:
        """What can only be done when all is in, and the audit entry."""
        self.write()
        self._categories.give_names()
        if self.report.changes["topics_new"]:
            self.report.changes["posts_with_links_led_here"] = lead_late_links_here(self._host)
        self.report.seconds = monotonic() - self._began
        audit.record("forum.import", subject=("forum", self._host), by=None, at=self._at, **_told(self.report))


def _told(report: Report) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(report.as_json())
    return told | {"errors": report.errors[:20], "error_count": len(report.errors)}


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise AnotherRuns
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
