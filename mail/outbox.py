"""The outbox: the one way by which a message to a person begins."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from common.wakeups import wake_on_commit
from mail.kinds import mail_kind
from mail.models import Address, Mail


def queue_mail(to: Address, *, kind: str, key: str, params: dict[str, int | str], at: datetime) -> Mail:
    """One mail of this kind to this address, once per key: asked for twice, the first stays.

    `params` are ids, from which the kind (settings.MAIL_KINDS) makes subject and text at hand-over. Raises KeyError for an
    unknown kind. Part of the running transaction; a worker is nudged on commit.
    """
    lane = mail_kind(kind).lane
    mail, made = Mail.objects.get_or_create(
        address=to, key=key, defaults={"kind": kind, "params": params, "lane": lane, "created_at": at}
    )
    if made:
        wake_on_commit(f"mail.deliver_{lane}")
    return mail


def queue_mails(kind: str, addressed: Sequence[tuple[Address, str, dict[str, int | str]]], *, at: datetime) -> None:
    """`queue_mail` for a crowd, in one statement: address, key and params of each. What is queued already stays as it is."""
    if not addressed:
        return
    lane = mail_kind(kind).lane
    Mail.objects.bulk_create(
        [Mail(address=to, key=key, kind=kind, params=params, lane=lane, created_at=at) for to, key, params in addressed],
        ignore_conflicts=True,
    )
    wake_on_commit(f"mail.deliver_{lane}")


def queue_together(
    kind: str, batch: str, addressed: Sequence[tuple[Address, str, dict[str, int | str]]], *, due: datetime | None, at: datetime
) -> dict[int, Mail]:
    """The mail by which each of these addresses will hear of `batch`: the one that waits already and was never tried, else a
    new one that waits until `due` (None: no longer, and the waiting one neither). By the address's id; without an address
    whose key is spent.

    Whoever queues for the same batch waits for us to commit, and a row that a worker has in hand is joined by nobody: what
    joins a mail is in it when it goes, once.
    """
    lane, addresses = mail_kind(kind).lane, [to.pk for to, _, _ in addressed]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [batch])
    found = _open_mails(batch, addresses)
    new = [
        Mail(address=to, key=key, kind=kind, params=params, lane=lane, batch=batch, created_at=at, next_attempt_at=due)
        for to, key, params in addressed
        if to.pk not in found
    ]
    if due is None:
        Mail.objects.filter(pk__in=[mail.pk for mail in found.values()]).update(next_attempt_at=None)
        wake_on_commit(f"mail.deliver_{lane}")
    if new:
        Mail.objects.bulk_create(new, ignore_conflicts=True)
        found = _open_mails(batch, addresses)
    return found


def _open_mails(batch: str, addresses: Sequence[int]) -> dict[int, Mail]:
    waiting = Mail.objects.filter(batch=batch, address__in=addresses, state=Mail.State.PENDING, attempts=0)
    return {mail.address_id: mail for mail in waiting.select_for_update().order_by("pk")}


def known_kinds() -> tuple[str, ...]:
    """Every kind of mail there is."""
    return tuple(settings.MAIL_KINDS)
