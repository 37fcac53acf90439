"""Handing the weekly to the mail server: rechecked at the last moment, once each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from digest.letters import Secrets, weekly_letter
from digest.models import Delivery, Item, Subscription
from digest.personal import personal_sections
from digest.readership import VISITOR, Sight, readers_of
from digest.streams import WEEKLY
from digest.subjects import subject_of
from digest.tokens import tokens_for
from mail.bounces import note_trouble
from mail.handover import Clock, Parcel, Withheld, claim, hand_over, settled
from mail.messages import bare_address, build, envelope_sender, message_id
from mail.models import Address
from mail.models.handover import HandOverQuerySet
from mail.session import Limits, SmtpSession
from mail.suppressions import suppressed

BATCH = 50
"""Rows claimed at a time: what a reader may see is asked anew for each batch."""


def send_due(*, clock: Clock, for_at_most: timedelta = timedelta(seconds=60), limits: Limits | None = None) -> int:
    """Send what waits, batch after batch, for a minute at most. Returns how many were accepted. Safe in parallel."""
    accepted, until = 0, clock() + for_at_most
    with SmtpSession(settings.SMTP_URL, limits=limits) as session:
        while clock() < until:
            rows: list[Delivery] = claim(_sendable(), at=clock(), limit=BATCH)
            if not rows:
                break
            batch = Batch(rows, at=clock())
            told = hand_over(rows, prepare=batch.prepare, session=session, clock=clock)
            accepted += len(settled(told, "accepted"))
            for row, outcome in told:
                if not isinstance(outcome, Withheld) and outcome.is_dead_mailbox:
                    code = outcome.enhanced_code or str(outcome.code)
                    note_trouble(row.address, what="hard", event_id=f"d.{row.pk}", code=code, at=clock())
            if len(told) < len(rows):
                break  # the server is away, or our lease is
    return accepted


class Batch:
    """What a batch needs, asked once for all of it."""

    def __init__(self, rows: Sequence[Delivery], *, at: datetime) -> None:
        self._at = at
        self._items = {item.pk: item for item in Item.objects.filter(edition__in={row.edition_id for row in rows})}
        self._sight = Sight(list(self._items.values()))
        self._readers = readers_of(row.address.account_id for row in rows)
        self._blocked = suppressed((row.address.email for row in rows), scope=WEEKLY)
        self._secrets = tokens_for(rows, at=at)
        self._personal = personal_sections(rows, self._readers, at=at)

    def prepare(self, row: Delivery) -> Parcel | Withheld:
        """The message of a row, or why there is none after all."""
        withheld = self._withheld(row)
        if withheld is not None:
            return withheld
        visible = self._sight.of(self._readers[row.address.account_id])
        items = [self._items[each] for each in (row.body.item_ids if row.body else ()) if each in visible]
        secrets = Secrets(self._secrets[row.pk, "unsubscribe"], self._secrets[row.pk, "pause"])
        date = row.first_attempt_at or self._at
        subject = subject_of(row.edition, items, public=self._sight.of(VISITOR))
        letter = weekly_letter(row, items, self._personal.get(row.pk, ()), secrets, subject=subject, at=date)
        name = message_id(f"d.{row.run_id}", row.pk)
        data = build(letter, sender=settings.DIGEST_FROM, recipient=row.address.email, message_id=name, date=date)
        return Parcel(envelope_sender("d", row.pk), bare_address(row.address.email), data, name)

    def _withheld(self, row: Delivery) -> Withheld | None:
        mine, address = row.subscription, row.address
        if mine.state != Subscription.State.ACTIVE:
            return Withheld("suppressed", "left the weekly")
        if address.email in self._blocked:
            return Withheld("suppressed", "this address must not be written to")
        if address.state == Address.State.DEAD:
            return Withheld("suppressed", "there is no such mailbox")
        if address.account is not None and not address.account.is_active:
            return Withheld("suppressed", "the account is closed")
        if mine.is_paused_at(self._at):
            return Withheld("suppressed", "paused by the reader")
        return None


def _sendable() -> HandOverQuerySet:
    return Delivery.objects.filter(run__state__in=("sending", "draining"), body__isnull=False).select_related(
        "address__account", "subscription", "edition__editor", "body"
    )
