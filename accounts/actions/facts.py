"""Standing behind what a member declared."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import Facts, User
from accounts.models.facts import Source
from accounts.permissions import can_keep_register
from common import audit
from common.errors import DomainError

VERIFIABLE: Final = ("job", "nation", "list_size", "years")


class NothingToVerify(DomainError):
    """The field is empty, from the register, or verified already."""


@transaction.atomic
def verify_fact(person: User, *, field: str, by: User, at: datetime) -> Facts:
    """Say that what somebody declared was checked. Nobody verifies their own. A change by the member makes it declared again.
    Raises NothingToVerify."""
    can_keep_register(by).enforce()
    if by.pk == person.pk:
        raise NothingToVerify("Somebody else verifies what you declared.")
    facts = Facts.objects.select_for_update().filter(user=person).first()
    if facts is None or field not in VERIFIABLE or not getattr(facts, field) or field in facts.sources:
        raise NothingToVerify("There is nothing to verify: nothing is stated, or the institute stands behind it already.")
    facts.sources[field] = {"source": Source.VERIFIED.value, "at": at.isoformat(), "by": by.pk}
    facts.save(update_fields=["sources"])
    audit.record("fact.verify", subject=("user", person.pk), by=by.pk, at=at, field=field)
    return facts
