"""An existing list of subscribers: looked at, brought in, taken back; and who subscribes and agreed, taken out. For officers."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from common import audit
from common.clock import london_day
from common.errors import DomainError
from digest.actions.proofs import prove_all
from digest.actions.reducing import KEPT_FOR as ROWS_KEPT_FOR
from digest.arriving import read_list, what_comes_of
from digest.due import slot_after
from digest.models import Delivery, ListLine, SubscriberList, Subscription
from digest.permissions import can_ask_for, can_bring_subscribers_in
from digest.readers import disowned
from digest.wordings import BROUGHT, ENDED
from mail.models import Address, ConsentEvent
from mail.suppressions import suppressed

KEPT_FOR: Final = timedelta(days=30)
"""So long a list that nobody brought in lies here."""
_BATCH: Final = 2_000
State, Outcome = SubscriberList.State, ListLine.Outcome


class NotNow(DomainError):
    def __init__(self, found: SubscriberList) -> None:
        super().__init__(f"This list is at another step now: {found.get_state_display().lower()}. Open its page again.")


class TooLateToTakeBack(DomainError):
    def __init__(self) -> None:
        super().__init__("An edition went to people of this list. Each can leave; the list cannot be taken back any more.")


@transaction.atomic
def check_list(pieces: Iterable[bytes], *, file_name: str, stream: str, by: User, at: datetime) -> SubscriberList:
    """The dry run: every line with what would come of it; nobody subscribes by it. Raises NotAList, and then nothing is kept."""
    can_bring_subscribers_in(by).enforce()
    can_ask_for(by, stream).enforce()
    told = read_list(pieces, today=london_day(at))
    found = SubscriberList.objects.create(file_name=file_name[-120:], stream=stream, checked_at=at, checked_by=by)
    lines = list(what_comes_of(told, stream=stream, at=at))
    for line in lines:
        line.list = found
    ListLine.objects.bulk_create(lines, batch_size=_BATCH)
    found.counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in Outcome.values}
    found.save(update_fields=["counts"])
    audit.record("list.check", subject=("subscriber list", found.pk), by=by.pk, at=at, lines=len(lines), stream=stream)
    return found


@transaction.atomic
def bring_list_in(found: SubscriberList, *, with_desks: bool, by: User, at: datetime) -> SubscriberList:
    """Who would subscribe does, all or none, on the basis that each line says; the first edition comes on the next Friday. Asked
    anew at this moment: whoever was suppressed or subscribed since the dry run is left out. `with_desks`: also addresses that
    belong to no one person."""
    can_bring_subscribers_in(by).enforce()
    found = _locked(found, State.CHECKED)
    wanted = [Outcome.NEW, *([Outcome.ROLE] if with_desks else [])]
    lines = list(ListLine.objects.filter(list=found, outcome__in=wanted).order_by("line"))
    made = sum(_subscribe(lines[place : place + _BATCH], found, by=by, at=at) for place in range(0, len(lines), _BATCH))
    found.state, found.brought_at, found.counts = State.BROUGHT, at, {**found.counts, "subscribed": made}
    _end(found, by=by, at=at)
    audit.record("list.bring_in", subject=("subscriber list", found.pk), by=by.pk, at=at, **found.counts)
    return found


@transaction.atomic
def take_list_back(found: SubscriberList, *, by: User, at: datetime) -> int:
    """As if it had not been brought in, as long as no edition is on its way to anybody of it. Who has left since stays gone.
    Raises TooLateToTakeBack. Returns how many ended."""
    can_bring_subscribers_in(by).enforce()
    found = _locked(found, State.BROUGHT)
    mine = Subscription.objects.select_for_update(of=("self",)).filter(brought_by=found)
    if not can_be_taken_back(found, at=at):
        raise TooLateToTakeBack
    rows = list(mine.filter(ended_at=None).select_related("address").order_by("pk"))
    ended = {"state": Subscription.State.ENDED, "ended_at": at, "ended_reason": "the list was taken back"}
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).update(**ended)
    prove_all(((row, None, "") for row in rows), "ended", wording=ENDED, form=_form(found), by=by.pk, at=at)
    found.state = State.UNDONE
    _end(found, by=by, at=at)
    audit.record("list.take_back", subject=("subscriber list", found.pk), by=by.pk, at=at, ended=len(rows))
    return len(rows)


def can_be_taken_back(found: SubscriberList, *, at: datetime) -> bool:
    """No edition went to anybody of it, as far back as we know to whom editions went."""
    is_known = found.brought_at is not None and at - found.brought_at < ROWS_KEPT_FOR
    return is_known and not Delivery.objects.filter(subscription__brought_by=found).exists()


@transaction.atomic
def drop_list(found: SubscriberList, *, by: User, at: datetime) -> None:
    """Put away a list that is not to be brought in; its lines are deleted."""
    can_bring_subscribers_in(by).enforce()
    found = _locked(found, State.CHECKED)
    found.state = State.DROPPED
    _end(found, by=by, at=at)
    audit.record("list.drop", subject=("subscriber list", found.pk), by=by.pk, at=at)


def forget_old_lists(*, at: datetime) -> int:
    """Lists that were looked at and never brought in, KEPT_FOR ago: their lines are deleted. Safe to call twice."""
    old = SubscriberList.objects.filter(state=State.CHECKED, checked_at__lt=at - KEPT_FOR)
    deleted, _ = ListLine.objects.filter(list__in=old).delete()
    old.update(state=State.DROPPED, ended_at=at)
    return deleted


@transaction.atomic
def export_subscribers(*, by: User, at: datetime) -> Iterator[tuple[object, ...]]:
    """Who gets what, with addresses: the headings, then a row each. Written into the audit."""
    can_bring_subscribers_in(by).enforce()
    audit.record("subscribers.export", subject=("subscribers", 0), by=by.pk, at=at)
    return _subscribers()


@transaction.atomic
def export_ledger(*, by: User, at: datetime) -> Iterator[tuple[object, ...]]:
    """Everything that anybody agreed to or ended, with addresses. Written into the audit."""
    can_bring_subscribers_in(by).enforce()
    audit.record("ledger.export", subject=("subscribers", 0), by=by.pk, at=at)
    return _ledger()


def _subscribe(lines: list[ListLine], found: SubscriberList, *, by: User, at: datetime) -> int:
    emails = [line.email for line in lines]
    Address.objects.bulk_create((Address(email=email, created_at=at) for email in emails), ignore_conflicts=True)
    addresses = {row.email: row for row in Address.objects.select_for_update().filter(email__in=emails).order_by("pk")}
    out = suppressed(emails, scope=found.stream) | disowned(emails, at=at)
    taken = Subscription.objects.open().filter(address__in=addresses.values(), stream=found.stream)
    out |= set(taken.active().values_list("address__email", flat=True))
    asked = taken.filter(state=Subscription.State.PENDING).exclude(address__email__in=out)
    asked.update(state=Subscription.State.ENDED, ended_at=at, ended_reason="a list says that they agreed")
    out |= {email for email, row in addresses.items() if row.state == Address.State.DEAD}
    rows = []
    for line in lines:
        if line.email not in out:
            mine = Subscription(address=addresses[line.email], stream=found.stream, basis=line.basis, brought_by=found)
            mine.state, mine.made_at, mine.confirmed_at = Subscription.State.ACTIVE, at, at
            mine.next_due_at = slot_after(mine, at)
            rows.append((mine, line.given_on, line.source))
    Subscription.objects.bulk_create(mine for mine, _, _ in rows)
    prove_all(rows, "confirmed", wording=BROUGHT, form=_form(found), by=by.pk, at=at)
    return len(rows)


def _form(found: SubscriberList) -> str:
    return f"{found.stream}:list:{found.pk}"


def _end(found: SubscriberList, *, by: User, at: datetime) -> None:
    ListLine.objects.filter(list=found).delete()
    found.ended_at, found.ended_by = at, by
    found.save()


def _locked(found: SubscriberList, *states: str) -> SubscriberList:
    locked = SubscriberList.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if locked.state not in states:
        raise NotNow(locked)
    return locked


def _subscribers() -> Iterator[tuple[object, ...]]:
    names = (
        "address__email",
        "stream",
        "state",
        "basis",
        "made_at",
        "confirmed_at",
        "weekday",
        "local_hour",
        "tz",
        "paused_until",
    )
    yield ("Address", "Stream", "State", "Basis", "Asked", "Confirmed", "Weekday (Monday 0)", "Hour", "Zone", "Paused until")
    yield from Subscription.objects.open().order_by("address__email", "stream").values_list(*names).iterator()


def _ledger() -> Iterator[tuple[object, ...]]:
    names = (
        "id",
        "address__email",
        "stream",
        "action",
        "basis",
        "wording_id",
        "form",
        "given_on",
        "source",
        "ip_trunc",
        "at",
        "by",
    )
    yield ("Number", "Address", "Stream", "What", "Basis", "Words", "Form", "Given on", "Source", "Network", "When", "By account")
    yield from ConsentEvent.objects.order_by("pk").values_list(*names).iterator()
