"""Which notices also go by mail: those whose kind has a letter, to people who want it and have a confirmed address."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.conf import settings

from mail.models import Address
from mail.outbox import queue_mails
from notifications.kinds import notice_kind
from notifications.models import Notice, NoticePreference


def post_by_mail(notices: Sequence[Notice], may_be_mailed: Collection[int], *, at: datetime) -> None:
    """Put a mail in the outbox for each notice whose person `may_be_mailed` and wants it; once per address and key."""
    allowed = set(may_be_mailed)
    wanted = [notice for notice in _wanted(notices) if notice.user_id in allowed]
    addresses = confirmed_addresses(notice.user_id for notice in wanted)
    for kind in {notice.kind for notice in wanted}:
        mail_kind = notice_kind(kind).mail_kind
        if mail_kind is not None:
            queue_mails(
                mail_kind,
                [
                    (addresses[notice.user_id], notice.key, {"notice": notice.pk})
                    for notice in wanted
                    if notice.kind == kind and notice.user_id in addresses
                ],
                at=at,
            )


def wants_mail(user_id: int, kind: str) -> bool:
    """What the person chose for this kind, or the kind's default."""
    chosen = NoticePreference.objects.filter(user_id=user_id, kind=kind).values_list("by_mail", flat=True).first()
    return notice_kind(kind).by_mail_default if chosen is None else chosen


def mailable_kinds() -> list[str]:
    """The kinds of notice that can go by mail at all, in the order of the setting."""
    return [name for name in settings.NOTICE_KINDS if notice_kind(name).mail_kind is not None]


def confirmed_addresses(user_ids: Iterable[int]) -> dict[int, Address]:
    """The confirmed address of each person who has one, in one statement."""
    found = Address.objects.filter(account__in=list(user_ids), state=Address.State.VERIFIED)
    return {address.account_id: address for address in found if address.account_id is not None}


def _wanted(notices: Sequence[Notice]) -> list[Notice]:
    mailable = {name for name in {notice.kind for notice in notices} if notice_kind(name).mail_kind is not None}
    candidates = [notice for notice in notices if notice.kind in mailable]
    if not candidates:
        return []
    people = [notice.user_id for notice in candidates]
    chosen = {
        (user_id, kind): by_mail
        for user_id, kind, by_mail in NoticePreference.objects.filter(user__in=people, kind__in=mailable).values_list(
            "user_id", "kind", "by_mail"
        )
    }
    return [
        notice for notice in candidates if chosen.get((notice.user_id, notice.kind), notice_kind(notice.kind).by_mail_default)
    ]
