"""Mail of the outbox that was handed over without an answer. A person looks for it at the mail server and decides: sent once more
by its own Message-ID, or arrived. (What is in doubt of the weekly is looked for by itself: digest/actions/reconciling.py.)"""

from datetime import datetime
from typing import Final

from django.db import transaction

from common import audit
from common.errors import DomainError
from common.wakeups import wake_on_commit
from mail.models import Mail

NEWEST: Final = 100
ARRIVED: Final = "found at the mail server by a person"


class NotInDoubt(DomainError):
    def __init__(self) -> None:
        super().__init__("Somebody has decided this already.")


def in_doubt() -> list[Mail]:
    """The NEWEST, with their addresses. One statement."""
    rows = Mail.objects.filter(state=Mail.State.UNCERTAIN).select_related("address")
    return list(rows.order_by("-first_attempt_at", "-pk")[:NEWEST])


@transaction.atomic
def send_once_more(mail: Mail, *, by: int, at: datetime) -> None:
    """It did not arrive. What need not be said any more is dropped at hand-over, as ever. Raises NotInDoubt."""
    _settle(mail, by=by, at=at, verb="mail.sent_once_more", state="pending", first_attempt_at=None, next_attempt_at=None)
    wake_on_commit(f"mail.deliver_{mail.lane}")


@transaction.atomic
def count_as_arrived(mail: Mail, *, by: int, at: datetime) -> None:
    """Raises NotInDoubt."""
    _settle(mail, by=by, at=at, verb="mail.counted_as_arrived", state="accepted", reason=ARRIVED, accepted_at=at)


def _settle(mail: Mail, *, by: int, at: datetime, verb: str, **changes: object) -> None:
    waiting = Mail.objects.filter(pk=mail.pk, state=Mail.State.UNCERTAIN)
    if not waiting.update(**({"reason": "", "claim_token": None, "lease_until": None} | changes)):
        raise NotInDoubt
    audit.record(verb, subject=("mail", mail.pk), by=by, at=at, message_id=mail.message_id or "")
