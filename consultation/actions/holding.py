"""The two locks under which a member writes into a consultation."""

from datetime import datetime

from django.db import connection

from accounts.models import User
from common.errors import DomainError
from consultation.actions.eligible import add_to_supplement
from consultation.actions.holders import hold_the_member
from consultation.models import Consultation, Version
from consultation.permissions import can_answer, can_fill_in
from consultation.readers.holders import is_confidential
from consultation.readers.seats import Seat, Writer


class ConsultationClosed(DomainError):
    """It takes no answers now. What was saved is kept."""


def hold_open(consultation_id: int, *, one_by_one: str = "") -> Consultation:
    """Inside a transaction: hold the consultation for sharing, so that it does not close meanwhile and nobody who answers waits.
    Whoever names the same `one_by_one` (what may not be done twice at once) follows another."""
    if one_by_one:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"{consultation_id} {one_by_one}"])
    rows = Consultation.objects.raw("SELECT * FROM consultation_consultation WHERE id = %s FOR SHARE", [consultation_id])
    return rows[0]


def hold_for_answering(consultation_id: int, *, by: Writer, at: datetime, to_send: bool = True) -> Version:
    """Inside a transaction: hold the consultation for sharing, so that neither its close nor its withdrawal slips in between
    the test and the commit; hold the member, so that two of their requests follow each other. Gives the version that is asked.
    Without `to_send` a draft is kept, also while answers are paused; whoever sends and became entitled after the opening is put
    on the supplement of the list. Raises ConsultationClosed, Refused."""
    consultation = Consultation.objects.raw("SELECT * FROM consultation_consultation WHERE id = %s FOR SHARE", [consultation_id])[
        0
    ]
    if isinstance(by, Seat):  # whether they still sit there is asked once nobody can be taken out any more
        hold_the_member(consultation, by)
    verdict = can_answer(by, consultation, at) if to_send else can_fill_in(by, consultation, at)
    if not (consultation.accepts_at(at) if to_send else consultation.keeps_drafts_at(at)):
        raise ConsultationClosed(verdict.reason)
    verdict.enforce()
    # The list of a confidential one is added to once a day (actions/participation.py): never in the transaction of an answer.
    if isinstance(by, User) and to_send and not is_confidential(consultation):
        add_to_supplement(consultation, at=at, user_id=by.pk)
    if isinstance(by, User):
        hold_the_member(consultation, by)
    return Version.objects.filter(consultation=consultation_id, published_at__isnull=False).latest("number")
