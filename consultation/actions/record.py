"""Every step of a consultation's life leaves a row that anybody can read, and a row in the audit."""

from datetime import datetime

from accounts.models import User
from common import audit
from consultation.models import Consultation, State, Transition


def record_transition(
    consultation: Consultation,
    *,
    verb: str,
    before: State | None,
    after: State,
    by: User | None,
    at: datetime,
    note: str = "",
    what: str = "",
) -> None:
    """`verb` is the audit's; `by=None` is the clock; `what` as in `Transition`."""
    Transition.objects.create(
        consultation=consultation, from_state=before or "", to_state=after, at=at, by=by, note=note[:600], what=what
    )
    audit.record(
        f"consultation.{verb}",
        subject=("consultation", consultation.pk),
        by=by.pk if by else None,
        at=at,
        before=before,
        after=after,
        note=note,
    )
