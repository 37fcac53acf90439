"""Saying at which practice one works: for what is kept from its members, and for nothing else."""

from datetime import datetime

from django.db import transaction

from accounts.models import Facts, User
from accounts.permissions import can_show_themselves
from accounts.practices import practice_code
from common.errors import DomainError


class NoPractice(DomainError):
    """This is no practice code."""


@transaction.atomic
def state_practice(code: str, *, by: User, at: datetime) -> Facts:
    """The last one said is where somebody works; those before still count for what is kept from them, so that nobody reads it by
    saying another. Said again it changes nothing. Raises NoPractice, Refused."""
    can_show_themselves(by).enforce()
    known = practice_code(code)
    if not known:
        raise NoPractice(
            "This is no practice code. It has a letter and five digits, for example V81998; in Scotland five digits."
        )
    facts, _ = Facts.objects.select_for_update().get_or_create(user=by, defaults={"updated_at": at})
    facts.practices = [*(practice for practice in facts.practices if practice != known), known]
    facts.save(update_fields=["practices"])
    return facts
