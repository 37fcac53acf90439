"""Taking a consultation back, with a reason that everybody can read."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.discussion import tell_the_topic
from consultation.actions.holding import hold_for_a_step
from consultation.actions.ledger import forget_ballots
from consultation.actions.record import record_transition
from consultation.models import Consultation, State
from consultation.permissions import can_withdraw


class NoReasonGiven(DomainError):
    """Members who answered are owed a reason."""


@transaction.atomic
def withdraw_consultation(consultation: Consultation, *, reason: str, by: User, at: datetime) -> Consultation:
    """No more answers, no results; what was sent is kept and not counted. Raises NoReasonGiven."""
    consultation = hold_for_a_step(consultation.pk)
    can_withdraw(by, consultation).enforce()
    reason = reason.strip()
    if not reason:
        raise NoReasonGiven("Say why: the reason stands on the page for everybody.")
    before = consultation.state_at(at)
    consultation.withdrawn_at, consultation.withdrawn_by, consultation.withdrawn_reason = at, by, reason
    consultation.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    forget_ballots(consultation)
    tell_the_topic(consultation, at=at)
    record_transition(consultation, verb="withdraw", before=before, after=State.WITHDRAWN, by=by, at=at, note=reason)
    return consultation
