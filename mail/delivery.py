"""Carrying the outbox to the server."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings

from mail.bounces import bury_the_dead, may_be_tried
from mail.claims import LEASE, MANY, Clock, claim, sweep
from mail.handover import Parcel, Withheld, answered, hand_over, settled
from mail.kinds import Dropped, mail_kind
from mail.messages import bare_address, build, envelope_sender, message_id
from mail.models import Address, Mail
from mail.pools import session_for
from mail.session import Limits
from mail.suppressions import suppressed

CHUNK: Final = timedelta(seconds=25)
"""A worker that is told to end has thirty seconds."""


def deliver(
    lane: str,
    *,
    clock: Clock,
    for_at_most: timedelta = CHUNK,
    lease: timedelta = LEASE,
    limits: Limits | None = None,
) -> int:
    """Hand over what is due in a lane, batch after batch, for `for_at_most`. `lease` is how long a batch is ours; if we die,
    others wait that long. Returns how many were accepted."""
    accepted, until = 0, clock() + for_at_most
    with session_for(lane, limits=limits) as session:
        while clock() < until:
            mails: list[Mail] = claim(
                Mail.objects.filter(lane=lane).select_related("address"), at=clock(), limit=MANY, lease=lease
            )
            if not mails:
                break
            blocked = suppressed((mail.address.email for mail in mails), scope="all")
            told = hand_over(
                mails, prepare=partial(_prepare, blocked=blocked, clock=clock), session=session, clock=clock, lease=lease
            )
            accepted += len(settled(told, "accepted"))
            bury_the_dead(answered(told), kind="m", at=clock())
            if len(told) < len(mails):
                break  # the server is away, or our lease is
    return accepted


def sweep_outbox(*, at: datetime) -> dict[str, int]:
    """Free and end what dead workers left."""
    return sweep(Mail.objects.all(), at=at)


def _prepare(mail: Mail, *, blocked: set[str], clock: Clock) -> Parcel | Withheld:
    address, at = mail.address, clock()
    kind = mail_kind(mail.kind)
    tries = getattr(kind, "tries_what_came_back", False) and may_be_tried(address, at=at)
    if address.email in blocked and not tries:
        return Withheld("suppressed", "this address must not be written to")
    if address.state == Address.State.DEAD and not tries:
        return Withheld("suppressed", "there is no such mailbox")
    letter = kind.write(mail, at=at)
    if isinstance(letter, Dropped):
        return Withheld("cancelled", letter.reason)
    name = letter.message_id or message_id("m", mail.pk)
    data = build(letter, sender=settings.MAIL_FROM, recipient=address.email, message_id=name, date=mail.first_attempt_at or at)
    return Parcel(envelope_sender("m", mail.pk), bare_address(address.email), data, name)
