"""Taking a case in hand, so that two do not do the same work."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from common import audit
from common.verdicts import no
from moderation import permissions
from moderation.actions.errors import CaseDecided, CaseTaken
from moderation.models import Case

LEASE: Final = timedelta(minutes=30)


@transaction.atomic
def claim_case(case: Case, *, by: User, at: datetime, take_over: bool = False) -> Case:
    """Mine for LEASE from now. One that somebody else has in hand is theirs until their lease ends, unless `take_over`. Safe to
    call twice: the lease begins anew. Raises CaseTaken, CaseDecided, Refused."""
    case = locked_case(case, by)
    if not case.is_open:
        raise CaseDecided("This case is decided already.")
    if case.claimed_by_another(by.pk, at):
        if not take_over:
            raise CaseTaken(f"{case.claimed_by} is working on this. Take it over only where you have agreed on that.")
        audit.record("case.take_over", subject=("case", case.pk), by=by.pk, at=at, was=case.claimed_by_id)
    elif case.claimed_by_id != by.pk:
        audit.record("case.claim", subject=("case", case.pk), by=by.pk, at=at)
    case.claimed_by, case.claimed_at, case.claimed_until = by, at, at + LEASE
    case.save(update_fields=["claimed_by", "claimed_at", "claimed_until"])
    return case


@transaction.atomic
def release_case(case: Case, *, by: User, at: datetime) -> Case:
    """Give it back for others to take. Nothing happens where it is not mine. Raises Refused."""
    case = locked_case(case, by)
    if case.is_open and case.claimed_by_id == by.pk:
        case.claimed_by = case.claimed_at = case.claimed_until = None
        case.save(update_fields=["claimed_by", "claimed_at", "claimed_until"])
        audit.record("case.release", subject=("case", case.pk), by=by.pk, at=at)
    return case


def locked_case(case: Case, by: User) -> Case:
    """The row, kept from others until the transaction ends, for somebody who may act on it. Raises Refused."""
    found = (
        Case.objects.with_own_report(by)
        .select_related("topic__category", "topic__persona", "post__persona", "about", "claimed_by")
        .select_for_update(of=("self",))
        .filter(pk=case.pk)
        .first()
    )
    (permissions.can_work_on(by, found) if found else no(permissions.NOT_YOUR_CASE)).enforce()
    assert found is not None
    return found
