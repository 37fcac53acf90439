"""Less mail to whoever gives no sign of reading, and the weekly back at the first one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q

from digest.actions.locking import locked_row
from digest.due import due_after_change
from digest.models import Edition, Subscription
from digest.models.subscription import SubscriptionQuerySet
from digest.slowing import MONTHLY, USUAL, pace_now
from digest.streams import WEEKLY
from forum.models import TopicMember

BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Step:
    """A subscription whose pace changes. `looked_in`: the last sign."""

    row: Subscription
    pace: str
    looked_in: datetime


@transaction.atomic
def note_reading(subscription: Subscription, *, at: datetime) -> Subscription:
    """Its reader pressed something, or read the web copy: the weekly comes weekly, the edition that is out at once where it was
    not sent. Safe to call twice."""
    subscription = locked_row(subscription)
    subscription.read_at = at
    if subscription.pace != USUAL:
        subscription.pace, subscription.paced_at = USUAL, None
        if subscription.state == Subscription.State.ACTIVE:
            subscription.next_due_at = due_after_change(subscription, at=at)
    subscription.save(update_fields=["read_at", "pace", "paced_at", "next_due_at"])
    return subscription


def settle_paces(*, at: datetime) -> int:
    """Once a week, when the weekly is cut: slower to whom no sign came from, weekly again to whom one did. Nobody is slowed down
    while too few editions went out to say anything. Returns how many changed. Safe to call twice."""
    after = timedelta(weeks=settings.WEEKLY_SLOW_AFTER_WEEKS) if settings.WEEKLY_SLOW_AFTER_WEEKS else None
    written = after is None or _was_written_to(after, at=at)
    wanted = _candidates(at - after if after and written else None, all_slowed=after is None)
    changed, last = 0, None
    while True:
        with transaction.atomic():
            rows = list(wanted.filter(pk__gt=last)[:BATCH] if last else wanted[:BATCH])
            steps = [step for step in _steps(rows, at=at, after=after) if written or step.pace == USUAL]
            changed += _take(steps, at=at)
        if len(rows) < BATCH:
            return changed
        last = rows[-1].pk


def _was_written_to(after: timedelta, *, at: datetime) -> bool:
    editions = Edition.objects.cut().filter(stream=WEEKLY, cut_at__gt=at - after).count()
    return editions * 2 >= after.days // 7


def _candidates(quiet_since: datetime | None, *, all_slowed: bool) -> SubscriptionQuerySet:
    """Whose pace may change: without a sign behind a link since then; slowed down for as long again, or with an account or a
    break that may be a sign (`all_slowed`: whoever is slowed down). Ours until the transaction ends; a row that its reader is
    just changing waits for the next week."""
    signs = Q(address__account__isnull=False) | Q(paused_until__gt=F("paced_at"))
    if quiet_since is None:
        wanted = ~Q(pace=USUAL) if all_slowed else ~Q(pace=USUAL) & signs
    else:
        usual = Q(pace=USUAL, read_at__lte=quiet_since)
        wanted = usual | (~Q(pace=USUAL) & signs) | Q(pace=MONTHLY, paced_at__lte=quiet_since)
    found = Subscription.objects.active().filter(wanted, stream=WEEKLY).order_by("pk")
    return found.select_related("address__account").select_for_update(of=("self",), skip_locked=True)


def _steps(rows: Iterable[Subscription], *, at: datetime, after: timedelta | None) -> Iterator[Step]:
    marked = _read_marks({row.address.account_id for row in rows if row.address.account_id is not None})
    for row in rows:
        looked_in = max(sign for sign in (*_signs(row), marked.get(row.address.account_id or 0)) if sign is not None)
        pace = pace_now(row.pace, paced_at=row.paced_at, looked_in=looked_in, at=at, after=after)
        if pace != row.pace:
            yield Step(row, pace, min(looked_in, at))


def _signs(row: Subscription) -> Iterator[datetime | None]:
    """A session lasts a fixed time, so whoever signed in may have been here until its end. A break is nobody's silence."""
    yield from (row.read_at, row.paused_until)
    if row.address.account and row.address.account.last_login:
        yield row.address.account.last_login + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _read_marks(accounts: Iterable[int]) -> dict[int, datetime]:
    """When each of them last read in the forum. One statement."""
    rows = TopicMember.objects.filter(user__in=list(accounts), read_at__isnull=False).order_by()
    return dict(rows.values_list("user").annotate(last=Max("read_at")))


def _take(steps: Sequence[Step], *, at: datetime) -> int:
    """All that slow down alike in one statement; who comes back, one by one, for each has an hour of their own."""
    told = Subscription.objects
    for pace in {step.pace for step in steps} - {USUAL}:
        told.filter(pk__in=[step.row.pk for step in steps if step.pace == pace]).update(pace=pace, paced_at=at)
    seen_since = [step for step in steps if step.looked_in != step.row.read_at]
    for step in seen_since:
        step.row.read_at = step.looked_in
    told.bulk_update([step.row for step in seen_since], ["read_at"], batch_size=1_000)
    for step in steps:
        if step.pace == USUAL:
            told.filter(pk=step.row.pk).update(pace=USUAL, paced_at=None, next_due_at=due_after_change(step.row, at=at))
    return len(steps)
