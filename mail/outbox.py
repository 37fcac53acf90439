"""The outbox: the one way by which a message to a person begins."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

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


def known_kinds() -> tuple[str, ...]:
    """Every kind of mail there is."""
    return tuple(settings.MAIL_KINDS)
