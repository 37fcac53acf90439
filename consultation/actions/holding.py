"""The two locks under which a member writes into a consultation."""

from datetime import datetime

from accounts.models import User
from common.errors import DomainError
from consultation.actions.eligible import add_to_supplement
from consultation.actions.holders import hold_the_member
from consultation.models import Consultation, Version
from consultation.permissions import can_answer, can_fill_in
from consultation.readers.holders import is_confidential


class ConsultationClosed(DomainError):
    """It takes no answers now. What was saved is kept."""


def hold_for_answering(consultation_id: int, *, by: User, at: datetime, to_send: bool = True) -> Version:
    """Inside a transaction: hold the consultation for sharing, so that neither its close nor its withdrawal slips in between
    the test and the commit; hold the member, so that two of their requests follow each other. Gives the version that is asked.
    Without `to_send` a draft is kept, also while answers are paused; whoever sends and became entitled after the opening is put
    on the supplement of the list. Raises ConsultationClosed, Refused."""
    consultation = _held(consultation_id, by=by, at=at, to_send=to_send)
    # The list of a confidential one is added to once a day (actions/participation.py): never in the transaction of an answer.
    if to_send and not is_confidential(consultation):
        add_to_supplement(consultation, at=at, user_id=by.pk)
    hold_the_member(consultation, by)
    return _asked(consultation_id)


def hold_for_a_ballot(consultation: Consultation, *, by: User, at: datetime, to_send: bool = True) -> Version:
    """The same in a detached consultation, without a lock of the member: their row in the ledger decides, and it is written to by
    nothing but the ballot's own transaction. Raises ConsultationClosed, Refused."""
    _held(consultation.pk, by=by, at=at, to_send=to_send)
    return _asked(consultation.pk)


def _held(consultation_id: int, *, by: User, at: datetime, to_send: bool) -> Consultation:
    rows = Consultation.objects.raw("SELECT * FROM consultation_consultation WHERE id = %s FOR SHARE", [consultation_id])
    consultation = rows[0]
    verdict = can_answer(by, consultation, at) if to_send else can_fill_in(by, consultation, at)
    if not (consultation.accepts_at(at) if to_send else consultation.keeps_drafts_at(at)):
        raise ConsultationClosed(verdict.reason)
    verdict.enforce()
    return consultation


def _asked(consultation_id: int) -> Version:
    return Version.objects.filter(consultation=consultation_id, published_at__isnull=False).latest("number")
