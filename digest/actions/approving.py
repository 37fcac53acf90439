"""An editor has read the edition, and says that it may go out."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from digest.actions.editions import draft_to_change
from digest.models import Edition


@transaction.atomic
def approve_edition(edition: Edition, *, by: User, at: datetime, as_seen: str = "") -> None:
    """As it stands, and as the editor saw it: another change takes it back. Raises EditionIsOut, DraftIsAnother. Safe to call
    twice."""
    locked = draft_to_change(edition, by=by, as_seen=as_seen)
    if locked.approved_at is None:
        locked.approved_at, locked.approved_by = at, by
        locked.save(update_fields=["approved_at", "approved_by"])
        audit.record("edition.approve", subject=("edition", locked.audit_name), by=by.pk, at=at)


@transaction.atomic
def withdraw_approval(edition: Edition, *, by: User, at: datetime) -> None:
    """Not yet, after all. Safe to call twice. Raises EditionIsOut."""
    locked = draft_to_change(edition, by=by)
    if locked.approved_at is not None:
        locked.approved_at = locked.approved_by = None
        locked.save(update_fields=["approved_at", "approved_by"])
        audit.record("edition.unapprove", subject=("edition", locked.audit_name), by=by.pk, at=at)
