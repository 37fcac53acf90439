"""Background work about people."""

from celery import shared_task
from django.utils import timezone

from accounts.actions.erasing import erase_due_accounts
from accounts.actions.inviting import send_invitations
from accounts.actions.register_work import work_on_registers
from accounts.actions.roles import tell_of_ending_roles


@shared_task(name="accounts.tell_of_ending_roles")
def ending_roles() -> int:
    """Roles that end within 30 days are told of, once. Safe twice and in parallel."""
    return tell_of_ending_roles(at=timezone.now())


@shared_task(name="accounts.work_on_registers", soft_time_limit=1_500, time_limit=1_600)
def work_on_waiting_registers() -> int:
    """Registers that wait to be checked or applied, and the invitations that were asked for."""
    return work_on_registers(clock=timezone.now) + send_invitations(at=timezone.now())


@shared_task(name="accounts.erase_closed_accounts", soft_time_limit=1_500, time_limit=1_600)
def erase_closed_accounts() -> int:
    """Accounts whose day has come. Safe twice, in parallel, and killed anywhere: the next one goes on where this one was."""
    return erase_due_accounts(clock=timezone.now)
