"""Which notices also go by mail, in which letter: to people who want it and have a confirmed address.

A kind whose notices gather (`notifications.kinds.Gathering`) has them wait a while for each other; what is wanted daily waits
for the morning. Which letter tells of a notice is written on the notice, in the transaction that made it: it is told once
by mail, however many workers die.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from common.clock import london_day
from mail.models import Address
from mail.outbox import queue_mails, queue_together
from notifications.daily import next_daily
from notifications.kinds import Gathering, notice_kind
from notifications.models import Notice, Way

DAILY = "notifications.daily"


@dataclass(frozen=True, slots=True)
class _Letter:
    """What notices share that stand in one letter. `key` empty: the first notice's own."""

    mail_kind: str
    batch: str
    due: datetime | None = None
    key: str = ""


def post_by_mail(
    notices: Sequence[Notice], may_be_mailed: Collection[int], ways: Mapping[tuple[int, str], Way], *, at: datetime
) -> None:
    """Have a mail tell of each notice whose person `may_be_mailed` and wants it: one of its own, one that others are in, or
    the next morning's."""
    allowed = set(may_be_mailed)
    wanted = [
        notice for notice in notices if notice.user_id in allowed and ways[notice.user_id, notice.kind] in (Way.MAIL, Way.DAILY)
    ]
    addresses = confirmed_addresses(notice.user_id for notice in wanted)
    letters: dict[_Letter, list[Notice]] = defaultdict(list)
    for notice in wanted:
        if notice.user_id in addresses:
            letters[_letter(notice, ways[notice.user_id, notice.kind], at=at)].append(notice)
    for letter in sorted(letters, key=lambda letter: (letter.batch, letter.mail_kind)):
        _post(letter, letters[letter], addresses, at=at)


def confirmed_addresses(user_ids: Iterable[int]) -> dict[int, Address]:
    """The confirmed address of each person who has one, in one statement."""
    found = Address.objects.filter(account__in=list(user_ids), state=Address.State.VERIFIED)
    return {address.account_id: address for address in found if address.account_id is not None}


def _letter(notice: Notice, way: Way, *, at: datetime) -> _Letter:
    if way == Way.DAILY:
        due = next_daily(at, hour=settings.DAILY_MAIL_HOUR)
        return _Letter(DAILY, "daily", due, f"daily:{london_day(due)}")
    kind = notice_kind(notice.kind)
    if kind.mail_kind is None:
        raise ValueError(f"{notice.kind} has no letter")
    if not isinstance(kind, Gathering):
        return _Letter(kind.mail_kind, "")
    wait = timedelta(minutes=settings.MAIL_GROUP_MINUTES) / settings.SPEED
    return _Letter(kind.mail_kind, kind.batch(notice.event), None if kind.at_once or not wait else at + wait)


def _post(letter: _Letter, notices: Sequence[Notice], addresses: Mapping[int, Address], *, at: datetime) -> None:
    addressed: list[tuple[Address, str, dict[str, int | str]]] = [
        (addresses[notice.user_id], letter.key or notice.key, {"notice": notice.pk}) for notice in notices
    ]
    if not letter.batch:
        queue_mails(letter.mail_kind, addressed, at=at)
        return
    mails = queue_together(letter.mail_kind, letter.batch, addressed, due=letter.due, at=at)
    for notice in notices:
        notice.mail = mails.get(addresses[notice.user_id].pk)
    Notice.objects.bulk_update(notices, ["mail"])
    late = [notice for notice in notices if notice.mail is None]
    if late and letter.mail_kind == DAILY and letter.due is not None:  # the morning's mail went while we were writing
        after = next_daily(letter.due, hour=settings.DAILY_MAIL_HOUR)
        _post(_Letter(DAILY, "daily", after, f"daily:{london_day(after)}"), late, addresses, at=at)
