"""Inviting the members who have no account."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.actions.register import TASK, NotNow
from accounts.models import Membership, RegisterRun, User
from accounts.permissions import can_keep_register
from common import audit
from common.wakeups import wake_on_commit
from mail.models import Address
from mail.outbox import queue_mails

_BATCH: Final = 500


@transaction.atomic
def invite_members(run: RegisterRun, *, by: User, at: datetime) -> int:
    """Have a worker write to everybody whom the register names, who has no account and was not written to. Returns how many.
    Only from the run that was applied last; safe to ask again."""
    can_keep_register(by).enforce()
    newest = RegisterRun.objects.applied().select_for_update().first()
    if newest is None or newest.pk != run.pk:
        raise NotNow("Invitations go out from the register that was applied last. Open its page.")
    count = Membership.objects.to_invite(at).count()
    RegisterRun.objects.filter(pk=run.pk).update(invited_at=at)
    audit.record("register.invite", subject=("register", run.pk), by=by.pk, at=at, count=count)
    wake_on_commit(TASK)
    return count


def send_invitations(*, at: datetime) -> int:
    """Queue the mails that were asked for, batch after batch; each line once, whatever crashes. Returns how many."""
    newest = RegisterRun.objects.applied().first()
    if newest is None or newest.invited_at is None:
        return 0
    sent = 0
    while batch := _send_batch(at=at):
        sent += batch
    return sent


@transaction.atomic
def _send_batch(*, at: datetime) -> int:
    lines = list(Membership.objects.to_invite(at).order_by("pk").select_for_update(skip_locked=True)[:_BATCH])
    emails = {line.email for line in lines}
    Address.objects.bulk_create([Address(email=email, created_at=at) for email in sorted(emails)], ignore_conflicts=True)
    known = {address.email: address for address in Address.objects.filter(email__in=emails)}
    queue_mails(
        "accounts.invitation",
        [(known[line.email], f"accounts.invitation:{line.pk}", {"membership": line.pk}) for line in lines],
        at=at,
    )
    Membership.objects.filter(pk__in=[line.pk for line in lines]).update(invited_at=at)
    return len(lines)
