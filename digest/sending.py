"""Handing the weekly to the mail server: rechecked at the last moment, once each."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from css_inline import InlineError
from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from accounts.models import User
from digest.actions.holding import hold_run
from digest.actions.runs import POOL
from digest.balance import POISON
from digest.letters import SLOTS, Own, Secrets, body_letter, delivery_headers, own_parts, slot_values
from digest.models import Body, Delivery, Edition, Item, Run, Subscription
from digest.personal import personal_sections
from digest.readership import VISITOR, Lookout, classes_of, readers_of
from digest.slowing import ASKING
from digest.streams import category_of
from digest.subjects import subject_of
from digest.tokens import tokens_for
from forum.models import Category
from mail.bounces import note_trouble
from mail.handover import LEASE, MANY, Clock, Parcel, Withheld, claim, hand_over, settled
from mail.messages import envelope_sender, message_id
from mail.models import Address
from mail.molds import Mold
from mail.pools import session_for
from mail.session import Limits, Outcome
from mail.suppressions import suppressed

FEWEST: Final = 20
"""A batch with fewer says nothing about the server."""

KEPT = 1_024
"""Letters that a sender keeps, the last used ones."""
NOTHING_NEW: Final = "nothing new this week, and no short edition wanted"
CANNOT_BE_WRITTEN: Final = (
    TemplateSyntaxError, TemplateDoesNotExist, InlineError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip
"""What a fault in an item or a template raises; what the database or the network raises is not among it and ends the batch."""

log = logging.getLogger(__name__)


def send_due(
    *,
    clock: Clock,
    for_at_most: timedelta = timedelta(seconds=60),
    limits: Limits | None = None,
    lease: timedelta = LEASE,
    on_claim: Callable[[Sequence[Delivery]], None] | None = None,
) -> int:
    """Send what waits, batch after batch, for `for_at_most`. Returns how many were accepted. Safe in parallel. `lease`: how
    long a batch is ours; if we die, others wait that long. `on_claim` hears of each batch before any of it is begun."""
    accepted, until, press = 0, clock() + for_at_most, Press()
    with session_for(POOL, limits=limits) as session:
        while clock() < until:
            rows = _claimed(at=clock(), lease=lease)
            if not rows:
                break
            if on_claim is not None:
                on_claim(rows)
            batch = Batch(rows, press, at=clock())
            told = hand_over(rows, prepare=batch.prepare, session=session, clock=clock, lease=lease, until=until)
            accepted += len(settled(told, "accepted"))
            for row, outcome in told:
                if not isinstance(outcome, Withheld) and outcome.is_dead_mailbox:
                    code = outcome.enhanced_code or str(outcome.code)
                    note_trouble(row.address, what="hard", event_id=f"d.{row.pk}", code=code, at=clock())
            if _hold_where_refused(told, at=clock()) or len(told) < len(rows):
                break  # the server is away, or our lease is
    return accepted


@dataclass(frozen=True, slots=True)
class Print:
    """What the letter of a body hangs on: the selection as it may be seen now, a hash of its words, the hour by which deadlines
    are told."""

    edition: int
    items: tuple[int, ...]
    words: int
    subject: str
    hour: datetime
    personal: bool
    chosen: bool
    plain: bool
    pace: str


class Press:
    """Letters written once and kept from batch to batch, and who may see what."""

    def __init__(self) -> None:
        self.lookout = Lookout()
        self._molds: OrderedDict[Print, Mold | None] = OrderedDict()

    def mold(self, form: Print, edition: Edition, items: Sequence[Item]) -> Mold | None:
        """The letter, its slots empty; None where a fault in it keeps it from being written: told in the log once."""
        if form in self._molds:
            self._molds.move_to_end(form)
            return self._molds[form]
        if len(self._molds) >= KEPT:
            self._molds.popitem(last=False)
        self._molds[form] = _cast(form, edition, items)
        return self._molds[form]


class Batch:
    """What a batch needs, asked once for all of it."""

    def __init__(self, rows: Sequence[Delivery], press: Press, *, at: datetime) -> None:
        self._at, self._press = at, press
        self._editions = Edition.objects.select_related("editor").in_bulk({row.edition_id for row in rows})
        self._bodies = Body.objects.in_bulk({row.body_id for row in rows})
        for row in rows:
            row.edition = self._editions[row.edition_id]
        self._items = {item.pk: item for item in Item.objects.filter(edition__in=self._editions)}
        self._sight = press.lookout.now(list(self._items.values()), at=at)
        self._classes = classes_of(row.address.account_id for row in rows)
        self._closed = set(
            User.objects.filter(pk__in={row.address.account_id for row in rows}, is_active=False).values_list("pk", flat=True)
        )
        self._blocked = _blocked(rows)
        self._secrets = tokens_for(rows, at=at)
        self._own = _own_parts(rows, at=at)
        self._rooms: dict[tuple[str, int], bool] = {}

    def prepare(self, row: Delivery) -> Parcel | Withheld:
        """The message of a row, or why there is none after all."""
        withheld = self._withheld(row)
        if withheld is not None:
            return withheld
        visible = self._sight.of(self._classes[row.address.account_id])
        items = [self._items[each] for each in self._bodies[row.body_id].item_ids if each in visible]
        own = self._own.get(row.pk)
        if not items and own is None and row.subscription.when_empty == "none" and row.subscription.pace not in ASKING:
            return Withheld("suppressed", NOTHING_NEW)
        date = row.first_attempt_at or self._at
        form = Print(
            edition=row.edition_id,
            items=tuple(item.pk for item in items),
            words=hash(tuple(item.fragment_html for item in items)),
            subject=subject_of(row.edition, items, public=self._sight.of(VISITOR)),
            hour=date.replace(minute=0, second=0, microsecond=0),
            personal=own is not None,
            chosen=bool(row.subscription.categories),
            plain=row.subscription.plain_text,
            pace=row.subscription.pace,
        )
        mold = self._press.mold(form, row.edition, items)
        if mold is None:
            return Withheld("failed", POISON)
        keys = Secrets(self._secrets[row.pk, "unsubscribe"], self._secrets[row.pk, "pause"])
        name = message_id(f"d.{row.run_id}", row.pk)
        data = mold.fill(
            slot_values(row, own, keys, at=date),
            sender=settings.DIGEST_FROM,
            recipient=row.address.email,
            message_id=name,
            date=date,
            headers=delivery_headers(row, keys),
        )
        return Parcel(envelope_sender("d", row.pk), row.address.email, data, name)

    def _withheld(self, row: Delivery) -> Withheld | None:
        reason = self._against_the_reader(row) or self._against_the_address(row)
        return Withheld("suppressed", reason) if reason else None

    def _against_the_address(self, row: Delivery) -> str:
        if row.address.email in self._blocked[row.edition.stream]:
            return "this address must not be written to"
        return "there is no such mailbox" if row.address.state == Address.State.DEAD else ""

    def _against_the_reader(self, row: Delivery) -> str:
        if row.subscription.state != Subscription.State.ACTIVE:
            return "left the weekly"
        if row.address.account_id in self._closed:
            return "the account is closed"
        if row.subscription.is_paused_at(self._at):
            return "paused by the reader"
        return "" if self._may_read_stream(row) else "may no longer read this category"

    def _may_read_stream(self, row: Delivery) -> bool:
        """A category's daily goes to whoever may read the category now. One statement for each kind of reader."""
        category = category_of(row.edition.stream)
        if category is None:
            return True
        reader = self._classes[row.address.account_id]
        name = (reader.visibility, category)
        if name not in self._rooms:
            self._rooms[name] = Category.objects.visible_to(reader.viewer).filter(pk=category).exists()
        return self._rooms[name]


def _cast(form: Print, edition: Edition, items: Sequence[Item]) -> Mold | None:
    try:
        letter = body_letter(
            edition, items, subject=form.subject, at=form.hour, chosen=form.chosen, personal=form.personal, pace=form.pace
        )
        return Mold.cast(replace(letter, html="") if form.plain else letter, slots=SLOTS)
    except CANNOT_BE_WRITTEN:
        log.exception("A letter of edition %s could not be written: items %s", edition.pk, form.items)
        return None


def _blocked(rows: Sequence[Delivery]) -> Mapping[str, set[str]]:
    """Addresses that must not be written to, by stream; one statement a stream."""
    return {
        stream: suppressed((row.address.email for row in rows if row.edition.stream == stream), scope=stream)
        for stream in {row.edition.stream for row in rows}
    }


def _own_parts(rows: Sequence[Delivery], *, at: datetime) -> dict[int, Own]:
    """What is each reader's own, for those who have an account."""
    theirs = [row for row in rows if row.address.account_id]
    if not theirs:
        return {}
    return own_parts(personal_sections(theirs, readers_of(row.address.account_id for row in theirs), at=at))


def _claimed(*, at: datetime, lease: timedelta) -> list[Delivery]:
    """The next rows of the first run that has any, run by run, so that the index of what waits is walked and nothing else."""
    for run in Run.objects.filter(state__in=Run.GOING_OUT).order_by("slot", "pk"):
        waiting = Delivery.objects.waiting_in(run).select_related("address", "subscription")
        rows: list[Delivery] = claim(waiting, at=at, limit=MANY, lease=lease)
        if rows:
            return rows
    return []


def _hold_where_refused(told: Sequence[tuple[Delivery, Outcome | Withheld]], *, at: datetime) -> bool:
    """A server that refuses most of a batch, and not because of mailboxes that are gone, refuses us: stop before the next."""
    sent = [(row, outcome) for row, outcome in told if isinstance(outcome, Outcome)]
    refused = [row for row, outcome in sent if outcome.fate in ("failed", "deferred") and not outcome.is_dead_mailbox]
    if len(sent) < FEWEST or len(refused) * 2 < len(sent):
        return False
    because = f"The mail server refused {len(refused):,} of {len(sent):,} in a row."
    return hold_run(refused[0].run, because=because, at=at)
