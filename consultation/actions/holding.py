"""The two locks under which a member writes into a consultation."""

from datetime import datetime

from accounts.models import User
from common.errors import DomainError
from consultation.actions.holders import hold_the_member
from consultation.models import Consultation, Version
from consultation.permissions import can_answer


class ConsultationClosed(DomainError):
    """It takes no answers now. What was saved is kept."""


def hold_for_answering(consultation_id: int, *, by: User, at: datetime) -> Version:
    """Inside a transaction: hold the consultation for sharing, so that neither its close nor its withdrawal slips in between
    the test and the commit; hold the member, so that two of their requests follow each other. Gives the version that is asked.
    Raises ConsultationClosed, Refused."""
    consultation = Consultation.objects.raw("SELECT * FROM consultation_consultation WHERE id = %s FOR SHARE", [consultation_id])[
        0
    ]
    verdict = can_answer(by, consultation, at)
    if not consultation.accepts_at(at):
        raise ConsultationClosed(verdict.reason)
    verdict.enforce()
    hold_the_member(consultation, by)
    return Version.objects.filter(consultation=consultation_id, published_at__isnull=False).latest("number")
