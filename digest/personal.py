"""What hangs on the person: what they have not finished, replies to them, news in what they follow. Never kept: asked when sent
and when read. Of the weekly alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.template.loader import render_to_string

from common.markdown import as_html
from digest.fragments import fragment_html, fragment_text, line_text
from digest.models import Body, Delivery, Edition, Item
from digest.readership import Reader
from digest.sections import Part, Section
from digest.sources import PERSONAL
from digest.sources.shape import Quoted, Told
from digest.streams import WEEKLY
from digest.words import deadline

_LINES: Final = 256
"""Sentences about all that stands above them, which many readers get."""


def personal_sections(
    rows: Sequence[Delivery], readers: Mapping[int | None, Reader], *, at: datetime
) -> dict[int, list[Section]]:
    """By delivery: what is its reader's own, for readers with an account who have anything of the kind. Deadlines are told as of
    `at`."""
    mine = [row for row in rows if row.address.account_id is not None and row.edition.stream == WEEKLY]
    found: dict[int, list[Section]] = {}
    for edition in {row.edition_id: row.edition for row in mine}.values():
        theirs = [row for row in mine if row.edition_id == edition.pk]
        told = _told(edition, readers, _topics_told(theirs), at=at)
        found |= {row.pk: told[account] for row in theirs if (account := row.address.account_id) in told}
    return found


def personal_of(edition: Edition, account_id: int, reader: Reader, items: Collection[Item], *, at: datetime) -> list[Section]:
    """The same for one reader, on the web, beside these items."""
    if edition.stream != WEEKLY:
        return []
    topics = {account_id: {item.object_id: item.quoted_id for item in items if item.kind == "topic"}}
    return _told(edition, {account_id: reader}, topics, at=at).get(account_id, [])


def _told(
    edition: Edition, readers: Mapping[int | None, Reader], topics: Mapping[int, Quoted], *, at: datetime
) -> dict[int, list[Section]]:
    """By account: the sections that hold something."""
    viewers = {account: readers[account].viewer for account in topics}
    found: dict[int, list[Section]] = defaultdict(list)
    for source in PERSONAL if viewers else ():
        for account, told in source.to(viewers, edition.starts, edition.ends, told=topics, at=at).items():
            found[account].append(_section(source.section, told, at=at))
    return dict(found)


def _topics_told(rows: Sequence[Delivery]) -> dict[int, Quoted]:
    """By account: the topics that the edition tells them of. Two statements."""
    bodies = Body.objects.in_bulk({row.body_id for row in rows})
    items = {pk for body in bodies.values() for pk in body.item_ids}
    topics = {item.pk: item for item in Item.objects.filter(pk__in=items, kind="topic").only("object_id", "quoted_id")}
    told: dict[int, Quoted] = {}
    for row in rows:
        body, account = bodies.get(row.body_id or 0), row.address.account_id
        if account is not None:
            told[account] = {topics[pk].object_id: topics[pk].quoted_id for pk in (body.item_ids if body else ()) if pk in topics}
    return told


def _section(name: str, told: Told, *, at: datetime) -> Section:
    parts = [
        Part(as_html(fragment_html(each)), fragment_text(each), deadline(each.closes_at, now=at) if each.closes_at else "")
        for each in told.shown
    ]
    parts += [_line(_more(told.more, shown=len(parts)))] if told.more else []
    parts += [replace(_line(told.line), is_silence=True)] if told.line else []
    return Section(name, parts)


@lru_cache(_LINES)
def _line(line: str) -> Part:
    return Part(as_html(render_to_string("digest/_line.html", {"line": line})), line_text(line))


def _more(count: int, *, shown: int) -> str:
    return f"{count:,} more on the site." if shown else f"{count:,} in your groups, named on the site only."
