"""Saying at which practice one works: for what is kept from its members, and for nothing else."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import Facts, Membership, User
from accounts.permissions import can_show_themselves
from accounts.practices import practice_code
from common.errors import DomainError

MOST_PRACTICES: Final = 3
"""Whoever says a practice is no longer shown what is kept from it: without an end to it one could find, code by code, from which
practice a pseudonym keeps its posts, and so whose it is."""


class NoPractice(DomainError):
    """This is no practice code, or one too many."""


def register_tells_practice(user: User) -> bool:
    """Whether their line of the register names a practice. One statement."""
    return Membership.objects.filter(user=user.pk).exclude(practice="").exists()


@transaction.atomic
def state_practice(code: str, *, by: User, at: datetime) -> Facts:
    """The last one said is where somebody works; those before still count for what is kept from them, so that nobody reads it by
    saying another. Said again it changes nothing. Where the register tells the practice nobody says another: else one could find,
    code by code, what is kept from whom. Raises NoPractice, Refused."""
    can_show_themselves(by).enforce()
    if register_tells_practice(by):
        raise NoPractice("The institute’s register says at which practice you work. Tell the institute when you move.")
    known = practice_code(code)
    if not known:
        raise NoPractice(
            "This is no practice code. It has a letter and five digits, for example V81998; in Scotland five digits."
        )
    facts, _ = Facts.objects.select_for_update().get_or_create(user=by, defaults={"updated_at": at})
    if known not in facts.practices and len(facts.practices) >= MOST_PRACTICES:
        raise NoPractice(f"You have said {MOST_PRACTICES} practices, which is the most. Write to us if you work at another one.")
    facts.practices = [*(practice for practice in facts.practices if practice != known), known]
    facts.save(update_fields=["practices"])
    return facts
