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
from digest.deadlines import still_asks, up_to_date
from digest.fragments import forget_fragments
from digest.letters import SLOTS, Own, Secrets, body_letter, delivery_headers, own_parts, slot_values
from digest.models import Body, Delivery, Edition, Item, Run, Subscription
from digest.personal import personal_sections
from digest.readership import VISITOR, Lookout, Reader, classes_of
from digest.slowing import ASKING
from digest.streams import category_of
from digest.subjects import subject_of
from digest.tokens import tokens_for
from forum.models import Category
from mail.bounces import bury_the_dead
from mail.claims import LEASE, MANY, Clock, claim
from mail.handover import Parcel, Withheld, answered, hand_over, settled
from mail.messages import envelope_sender, message_id
from mail.models import Address
from mail.molds import Mold
from mail.pools import session_for
from mail.session import Limits, Outcome
from mail.suppressions import suppressed

FEWEST: Final = 20
"""A batch with fewer says nothing about the server."""

SOON: Final = timedelta(seconds=1)
"""What may be seen and who left is asked anew as often, where letters leave quickly."""
MOST: Final = 1_000
KEPT = 1_024
"""Letters that a sender keeps, the last used ones."""
NEEDED: Final = (
    "run_id", "edition_id", "subscription_id", "address_id", "body_id",
    "state", "attempts", "claim_token", "lease_until", "first_attempt_at",
    "address__email", "address__account_id", "address__state",
    "subscription__stream", "subscription__state", "subscription__weekday", "subscription__local_hour", "subscription__tz",
    "subscription__categories", "subscription__plain_text", "subscription__when_empty", "subscription__pace",
    "subscription__paused_until", "subscription__confirmed_at", "subscription__read_at",
)  # fmt: skip
"""What is read of a row, its address and its subscription: half of their columns, for each of many rows."""
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
    press: "Press | None" = None,
    on_claim: Callable[[Sequence[Delivery]], None] | None = None,
) -> int:
    """Send what waits, batch after batch, for `for_at_most`. Returns how many were accepted. Safe in parallel. `lease`: how
    long a batch is ours; if we die, others wait that long. `press`: what was written in this process before. `on_claim` hears of
    each batch before any of it is begun."""
    accepted, until, press, many = 0, clock() + for_at_most, press or Press(), MANY
    with session_for(POOL, limits=limits) as session:
        while (began := clock()) < until:
            rows = _claimed(at=began, lease=lease, limit=many)
            if not rows:
                break
            if on_claim is not None:
                on_claim(rows)
            batch = Batch(rows, press, at=clock())
            told = hand_over(rows, prepare=batch.prepare, session=session, clock=clock, lease=lease, until=until)
            accepted += len(settled(told, "accepted"))
            bury_the_dead(answered(told), kind="d", at=clock())
            if _hold_where_refused(told, at=clock()) or len(told) < len(rows):
                break  # the server is away, or our lease is
            many = _as_many_as_leave_soon(len(told), clock() - began)
    return accepted


@dataclass(frozen=True, slots=True)
class Print:
    """What the letter of a body hangs on: the selection as it may be seen now, a hash of its words and deadlines, the hour by
    which these are told."""

    edition: int
    items: tuple[int, ...]
    words: int
    subject: str
    hour: datetime
    personal: bool
    chosen: bool
    plain: bool
    pace: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What all readers of one class get who have one body: the items as they may be seen now, their words as a number, and the
    line that stands above them."""

    items: tuple[Item, ...]
    ids: tuple[int, ...]
    words: int
    subject: str


class Press:
    """Letters written once and kept from batch to batch, and who may see what; while a run goes out and no longer (`clear`)."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Nothing of anybody's words stays in memory."""
        self.lookout = Lookout()
        self._molds: OrderedDict[Print, Mold] = OrderedDict()
        forget_fragments()

    def mold(self, form: Print, edition: Edition, items: Sequence[Item]) -> Mold | None:
        """The letter, its slots empty; None where a fault in it keeps it from being written, which the log tells."""
        if form in self._molds:
            self._molds.move_to_end(form)
            return self._molds[form]
        if len(self._molds) >= KEPT:
            self._molds.popitem(last=False)
        mold = _cast(form, edition, items)
        if mold is not None:
            self._molds[form] = mold
        return mold


class Batch:
    """What a batch needs, asked once for all of it."""

    def __init__(self, rows: Sequence[Delivery], press: Press, *, at: datetime) -> None:
        self._at, self._press = at, press
        self._editions = Edition.objects.select_related("editor").in_bulk({row.edition_id for row in rows})
        self._bodies = Body.objects.in_bulk({row.body_id for row in rows})
        for row in rows:
            row.edition = self._editions[row.edition_id]
        self._items = {item.pk: item for item in up_to_date(list(Item.objects.filter(edition__in=self._editions)))}
        self._sight = press.lookout.now(list(self._items.values()), at=at)
        self._classes = classes_of(row.address.account_id for row in rows)
        self._closed = set(
            User.objects.filter(pk__in={row.address.account_id for row in rows}, is_active=False).values_list("pk", flat=True)
        )
        self._blocked = _blocked(rows)
        self._secrets = tokens_for(rows, at=at)
        self._own = _own_parts(rows, self._classes, at=at)
        self._rooms: dict[tuple[str, int], bool] = {}
        self._contents: dict[tuple[int | None, str], Contents] = {}
        self._unwritable: set[Print] = set()

    def prepare(self, row: Delivery) -> Parcel | Withheld:
        """The message of a row, or why there is none after all."""
        withheld = self._withheld(row)
        if withheld is not None:
            return withheld
        contents, mine = self._contents_of(row), row.subscription
        own = self._own.get(row.pk)
        is_empty = not contents.items and (own is None or not own.has_news)
        if is_empty and mine.when_empty == "none" and mine.pace not in ASKING:
            return Withheld("suppressed", NOTHING_NEW)
        date = row.first_attempt_at or self._at
        form = Print(
            edition=row.edition_id,
            items=contents.ids,
            words=contents.words,
            subject=contents.subject,
            hour=date.replace(minute=0, second=0, microsecond=0),
            personal=own is not None,
            chosen=bool(mine.categories),
            plain=mine.plain_text,
            pace=mine.pace,
        )
        mold = None if form in self._unwritable else self._press.mold(form, row.edition, contents.items)
        if mold is None:
            self._unwritable.add(form)
            return Withheld("failed", POISON)
        keys = Secrets(self._secrets[row.pk, "unsubscribe"], self._secrets[row.pk, "pause"])
        name, email = message_id(f"d.{row.run_id}", row.pk), row.address.email
        data = mold.fill(
            slot_values(row, own, keys, at=date),
            sender=settings.DIGEST_FROM,
            recipient=email,
            message_id=name,
            date=date,
            headers=delivery_headers(row, keys),
        )
        return Parcel(envelope_sender("d", row.pk), email, data, name)

    def _contents_of(self, row: Delivery) -> Contents:
        reader = self._classes[row.address.account_id]
        name = (row.body_id, reader.visibility)
        if name not in self._contents:
            visible = self._sight.of(reader)
            told = (self._items[each] for each in self._bodies[row.body_id].item_ids if each in visible)
            items = tuple(item for item in told if still_asks(item, at=self._at))
            edition = row.edition
            editor = edition.editor.display_name if edition.editor else ""
            said = (
                edition.headline,
                edition.editors_note_html,
                editor,
                *((item.fragment_html, item.closes_at) for item in items),
            )
            subject = subject_of(edition, items, public=self._sight.of(VISITOR))
            self._contents[name] = Contents(items, tuple(item.pk for item in items), hash(said), subject)
        return self._contents[name]

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


def _own_parts(rows: Sequence[Delivery], readers: Mapping[int | None, Reader], *, at: datetime) -> dict[int, Own]:
    """What is each reader's own, for those who have an account."""
    theirs = [row for row in rows if row.address.account_id]
    if not theirs:
        return {}
    return own_parts(personal_sections(theirs, readers, at=at))


def _as_many_as_leave_soon(sent: int, took: timedelta) -> int:
    """What is asked once for a batch costs the less the larger it is, and is the older at its end: where letters leave quickly
    we take more of them."""
    return min(max(MANY, int(sent * (SOON / took))), MOST) if took else MANY


def _claimed(*, at: datetime, lease: timedelta, limit: int) -> list[Delivery]:
    """The next rows of the first run that has any, run by run, so that the index of what waits is walked and nothing else."""
    for run in Run.objects.filter(state__in=Run.GOING_OUT).order_by("slot", "pk"):
        waiting = Delivery.objects.waiting_in(run).select_related("address", "subscription").only(*NEEDED)
        rows: list[Delivery] = claim(waiting, at=at, limit=limit, lease=lease)
        if rows:
            return rows
    return []


def _hold_where_refused(told: Sequence[tuple[Delivery, Outcome | Withheld]], *, at: datetime) -> bool:
    """A server that refuses most of a batch, whatever it says, refuses us: stop before the next."""
    sent = answered(told)
    refused = [row for row, outcome in sent if outcome.fate in ("failed", "deferred")]
    if len(sent) < FEWEST or len(refused) * 2 < len(sent):
        return False
    because = f"The mail server refused {len(refused):,} of {len(sent):,} in a row."
    return hold_run(refused[0].run, because=because, at=at)
