"""What stands in an edition: chosen once, rendered once, for whoever may see it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from digest.fragments import fragment_html, fragment_text
from digest.models import Edition, Item
from digest.sources import OF_OUTCOMES, SOURCES, TOPICS
from digest.sources.shape import Candidate
from digest.streams import OUTCOMES, category_of

PICKED = "picks"


def compose(edition: Edition, *, at: datetime) -> list[Item]:
    """Write the items of an edition that is being cut. Part of the running transaction."""
    items = [
        item_of(edition, section, found, position=position)
        for position, (section, found) in enumerate(contents(edition, at=at), start=1)
    ]
    return Item.objects.bulk_create(items)


def item_of(edition: Edition, section: str, found: Candidate, *, position: int) -> Item:
    """A thing as it stands in an edition, not saved."""
    return Item(
        edition=edition,
        kind=found.kind,
        object_id=found.object_id,
        position=position,
        section=section,
        category_id=found.category_id,
        is_public=found.is_public,
        quoted_id=found.quoted_id,
        closes_at=found.closes_at,
        title=found.title[:250],
        fragment_html=fragment_html(found),
        fragment_text=fragment_text(found),
        why=found.why[:200],
    )


def contents(edition: Edition, *, at: datetime) -> Sequence[tuple[str, Candidate]]:
    """Section and thing, in the order of the edition: picks first, then each source's, what the editor moved, then best first.
    Nothing twice, nothing that the editor dropped; nothing that stood in the edition before, unless it was picked, its state is
    another (its kind says so) or its deadline is."""
    chosen = list(_picked(edition, at=at))
    taken = {(found.kind, found.object_id) for _, found in chosen} | {(kind, pk) for kind, pk in edition.dropped}
    moved = {(kind, pk): place for place, (kind, pk) in enumerate(edition.arranged)}
    before = _told_before(edition)
    for kind, found in _found(edition, at=at):
        new = [each for each in found if (kind, each.object_id, each.closes_at) not in before]
        new = [each for each in new if (kind, each.object_id) not in taken]
        chosen += [
            (each.section, each)
            for each in sorted(
                new, key=lambda each: (moved.get((each.kind, each.object_id), len(moved)), -each.weight, each.object_id)
            )
        ]
        taken |= {(kind, each.object_id) for each in new}
    return chosen


def _found(edition: Edition, *, at: datetime) -> Iterable[tuple[str, Sequence[Candidate]]]:
    """By kind, what the stream tells of."""
    category = category_of(edition.stream)
    if category is not None:
        yield TOPICS.kind, TOPICS.of_category(category, edition.starts, edition.ends)
        return
    for kind, source in SOURCES.items():
        if edition.stream != OUTCOMES or kind in OF_OUTCOMES:
            yield kind, source.candidates(edition.starts, edition.ends, at=at)


def _picked(edition: Edition, *, at: datetime) -> Iterable[tuple[str, Candidate]]:
    by_kind: dict[str, list[int]] = {}
    for kind, object_id in edition.picks:
        by_kind.setdefault(kind, []).append(object_id)
    found = {
        (kind, each.object_id): each
        for kind, ids in by_kind.items()
        if kind in SOURCES
        for each in SOURCES[kind].named(ids, at=at)
    }
    return ((PICKED, found[kind, object_id]) for kind, object_id in edition.picks if (kind, object_id) in found)


def _told_before(edition: Edition) -> set[tuple[str, int, datetime | None]]:
    last = Edition.objects.cut().filter(stream=edition.stream, number__lt=edition.number).newest_first().first()
    return set(Item.objects.filter(edition=last).values_list("kind", "object_id", "closes_at")) if last else set()
