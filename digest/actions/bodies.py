"""Who gets what: once per selection, not once per person."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, Max, Min, Q

from digest.choosing import Choice, choose, signature
from digest.models import Body, Delivery, Edition, Item, Run
from digest.readership import VISITOR, Reader, Sight, classes_of
from digest.readings import Readings
from digest.subjects import subject_of
from digest.tokens import make_tokens
from mail.suppressions import suppressed

BATCH: Final = 2_000
"""Rows looked at together: so many are held in memory, whatever the size of the run. By their number, so that two who share a run
agree on who looks at which."""
_LOCK: Final = 0x424F4459  # with the number of a batch: who is at it
Selection = tuple[int, ...]
NOTHING: Final = frozenset[int]()

_GIVE: Final = """
UPDATE digest_delivery SET body_id = given.body
FROM unnest(%(rows)s::bigint[], %(bodies)s::bigint[]) AS given (id, body)
WHERE digest_delivery.id = given.id AND digest_delivery.state = 'pending' AND digest_delivery.body_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that has no body yet, and what its body hangs on."""

    pk: int
    subscription: UUID
    email: str
    account: int | None
    categories: tuple[int, ...]


def give_bodies(run: Run, *, at: datetime) -> int:
    """Give every waiting row of a run its body and the secrets of its links, and take out who must not be written to; then those
    who go first are chosen and the run goes out. Returns how many got one from us. Safe to call again, after a death half-way
    and in parallel: rows that have a body, and batches that somebody is at, are passed over, and who leaves none behind lets the
    run go out. No row is locked for longer than a statement: nobody who leaves waits for us."""
    items = list(Item.objects.filter(edition=run.edition_id).order_by("position"))
    sight, given = Sight(items), 0
    choosing, readings = Choosing(items, sight), Readings(run.edition, items)
    bodies: dict[Selection, int] = {}
    for batch in _batches(run):
        with _alone_at(batch) as mine:
            rows = _waiting(run, batch) if mine else []
            rows = _without_suppressed(rows, run.edition.stream)
            if not rows:
                continue
            classes = classes_of(row.account for row in rows)
            read = readings.of({row.account for row in rows})
            chosen = {
                row.pk: choosing.of(classes[row.account], row.categories, read.get(row.account or 0, NOTHING)) for row in rows
            }
            bodies |= _bodies_of(run.edition, items, set(chosen.values()) - bodies.keys(), public=sight.of(VISITOR))
            make_tokens([(row.pk, row.subscription) for row in rows], at=at)
            given += _give({pk: bodies[selection] for pk, selection in chosen.items()})
    _begin(run)
    return given


def _batches(run: Run) -> range:
    """The numbers of the batches in which rows of the run may wait."""
    waiting = Delivery.objects.filter(run=run, state="pending", body=None)
    bounds = waiting.aggregate(first=Min("pk"), last=Max("pk"))
    return range(0) if bounds["first"] is None else range(bounds["first"] // BATCH, bounds["last"] // BATCH + 1)


@contextmanager
def _alone_at(batch: int) -> Iterator[bool]:
    """Whether nobody else is at this batch; whoever dies over it lets go of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, batch])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, batch])


def _bodies_of(
    edition: Edition, items: Sequence[Item], selections: Collection[Selection], *, public: Collection[int]
) -> dict[Selection, int]:
    """Ids of the bodies of selections, made where missing. Always in the same order: who makes the same beside us waits for us,
    and never we for them."""
    if not selections:
        return {}
    signed = {signature(selection): selection for selection in selections}
    new = []
    for sign, selection in sorted(signed.items()):
        mine = set(selection)
        subject = subject_of(edition, [item for item in items if item.pk in mine], public=public)
        new.append(Body(edition=edition, signature=sign, item_ids=list(selection), subject=subject))
    Body.objects.bulk_create(new, ignore_conflicts=True)
    found = Body.objects.filter(edition=edition, signature__in=list(signed)).values_list("signature", "pk")
    return {signed[sign]: pk for sign, pk in found}


class Choosing:
    """Selections, made once for all readers of one class who chose the same categories and have read the same on the site."""

    def __init__(self, items: Sequence[Item], sight: Sight) -> None:
        self._choices = [Choice(item.pk, item.section, item.category_id) for item in items]
        self._sight = sight
        self._made: dict[tuple[str, tuple[int, ...], frozenset[int]], Selection] = {}

    def of(self, reader: Reader, categories: tuple[int, ...], read: frozenset[int]) -> Selection:
        """Ids of the items, in the order of the edition."""
        name = (reader.visibility, categories, read)
        if name not in self._made:
            visible = self._sight.of(reader)
            self._made[name] = tuple(choose(self._choices, visible=visible, categories=categories, read=read))
        return self._made[name]


def _waiting(run: Run, batch: int) -> list[Waiting]:
    found = Delivery.objects.filter(run=run, state="pending", body=None, pk__gte=batch * BATCH, pk__lt=(batch + 1) * BATCH)
    told = found.order_by("pk").values_list(
        "pk", "subscription_id", "address__email", "address__account_id", "subscription__categories"
    )
    return [Waiting(pk, mine, email, account, tuple(chosen)) for pk, mine, email, account, chosen in told]


def _without_suppressed(rows: list[Waiting], stream: str) -> list[Waiting]:
    blocked = suppressed((row.email for row in rows), scope=stream)
    out = [row.pk for row in rows if row.email in blocked]
    if out:
        Delivery.objects.filter(pk__in=out, state="pending").update(
            state="suppressed", reason="this address must not be written to"
        )
    return [row for row in rows if row.email not in blocked]


def _give(bodies: Mapping[int, int]) -> int:
    if not bodies:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, {"rows": list(bodies), "bodies": list(bodies.values())})
        return int(cursor.rowcount)


def _begin(run: Run) -> None:
    """To the canary where the run is large enough to have one and had none, else to everybody; not while a row is without a
    body, also one that came this moment."""
    left = Delivery.objects.filter(run=run, state="pending", body=None)
    if left.exists():
        return
    rows = Delivery.objects.filter(run=run, state="pending", body__isnull=False)
    to = Run.State.SENDING
    if run.canary_ended_at is None and rows.count() >= settings.WEEKLY_CANARY_FROM:
        every = max(1, round(100 / settings.WEEKLY_CANARY_PERCENT)) if settings.WEEKLY_CANARY_PERCENT > 0 else 0
        seeds = Q(address__email__in=settings.WEEKLY_SEEDS)
        first = rows.annotate(place=F("pk") % every).filter(Q(place=run.pk % every) | seeds) if every else rows.filter(seeds)
        if Delivery.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(is_canary=True):
            to = Run.State.CANARY
    Run.objects.filter(~Exists(left), pk=run.pk, state=Run.State.RENDERING).update(state=to)
