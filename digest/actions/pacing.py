"""Less mail to whoever gives no sign of reading, and the weekly back at the first one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from digest.actions.locking import locked_row
from digest.due import due_after_change
from digest.models import Edition, Subscription
from digest.slowing import USUAL, pace_now
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
    changed = 0
    for rows in _candidates(at - after if after and written else None):
        steps = [step for step in _steps(rows, at=at, after=after) if written or step.pace == USUAL]
        with transaction.atomic():
            changed += sum(_take(step, at=at) for step in steps)
    return changed


def _was_written_to(after: timedelta, *, at: datetime) -> bool:
    editions = Edition.objects.cut().filter(stream=WEEKLY, cut_at__gt=at - after).count()
    return editions * 2 >= after.days // 7


def _candidates(quiet_since: datetime | None) -> Iterator[list[Subscription]]:
    """Whose pace may change: without a sign behind a link since then, or slowed down already."""
    wanted = ~Q(pace=USUAL) | (Q(read_at__lte=quiet_since) if quiet_since else Q(pk=None))
    found = Subscription.objects.active().filter(wanted, stream=WEEKLY).select_related("address__account").order_by("pk")
    last = None
    while rows := list(found.filter(pk__gt=last)[:BATCH] if last else found[:BATCH]):
        last = rows[-1].pk
        yield rows


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


def _take(step: Step, *, at: datetime) -> bool:
    """Unless its reader was quicker."""
    row, is_usual = step.row, step.pace == USUAL
    changes = {"pace": step.pace, "paced_at": None if is_usual else at, "read_at": step.looked_in}
    if is_usual:
        changes["next_due_at"] = due_after_change(row, at=at)
    same = Subscription.objects.active().filter(pk=row.pk, pace=row.pace, read_at=row.read_at)
    return bool(same.update(**changes))
