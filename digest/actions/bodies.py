"""Who gets what: once per selection, not once per person."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from digest.choosing import Choice, choose, signature
from digest.models import Body, Delivery, Edition, Item, Run
from digest.readership import VISITOR, Reader, Sight, readers_of
from digest.readings import Readings
from digest.subjects import subject_of
from mail.suppressions import suppressed

BATCH = 500


def give_bodies(run: Run, *, at: datetime) -> int:
    """Give every waiting row of a run its body, and take out who must not be written to; then the run is sending. Returns how
    many got one. Safe to call again: rows that have a body are passed over."""
    items = list(Item.objects.filter(edition=run.edition_id).order_by("position"))
    sight, given, last = Sight(items), 0, 0
    readings = Readings(run.edition, items)
    waiting = Delivery.objects.filter(run=run, state="pending", body=None).select_related("address", "subscription")
    while rows := list(waiting.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        rows = _without_suppressed(rows, run.edition.stream)
        readers = readers_of(row.address.account_id for row in rows)
        read = readings.of([row.address.account_id for row in rows])
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for row in rows:
            account = row.address.account_id
            known = read.get(account, frozenset()) if account else frozenset()
            groups[_selection(items, sight, readers[account], row.subscription.categories, known)].append(row.pk)
        for item_ids, ids in groups.items():
            body = body_for(run.edition, items, item_ids, public=sight.of(VISITOR))
            given += Delivery.objects.filter(pk__in=ids, state="pending").update(body=body)
    Run.objects.filter(pk=run.pk, state=Run.State.RENDERING).update(state=Run.State.SENDING)
    return given


def body_for(edition: Edition, items: Sequence[Item], item_ids: tuple[int, ...], *, public: Collection[int]) -> Body:
    """The body of a selection, made where missing."""
    mine = set(item_ids)
    subject = subject_of(edition, [item for item in items if item.pk in mine], public=public)
    return Body.objects.get_or_create(
        edition=edition, signature=signature(item_ids), defaults={"item_ids": list(item_ids), "subject": subject}
    )[0]


def _selection(items: list[Item], sight: Sight, reader: Reader, categories: list[int], read: frozenset[int]) -> tuple[int, ...]:
    choices = (Choice(item.pk, item.section, item.category_id) for item in items)
    return tuple(choose(choices, visible=sight.of(reader), categories=categories, read=read))


def _without_suppressed(rows: list[Delivery], stream: str) -> list[Delivery]:
    blocked = suppressed((row.address.email for row in rows), scope=stream)
    out = [row.pk for row in rows if row.address.email in blocked]
    if out:
        Delivery.objects.filter(pk__in=out, state="pending").update(
            state="suppressed", reason="this address must not be written to"
        )
    return [row for row in rows if row.address.email not in blocked]
