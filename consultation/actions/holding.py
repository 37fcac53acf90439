"""The locks under which members write into a consultation, and organisers and the clock take its steps.

Before the row of a consultation stands a gate: members go through it together, whoever takes a step goes alone, and everybody in
the order in which they came. By the row's lock alone members who share it would overtake a step that waits, one after the other,
for as long as there are some.
"""

from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.eligible import add_to_supplement
from consultation.actions.holders import hold_the_member
from consultation.models import Consultation, Version
from consultation.permissions import can_answer, can_fill_in
from consultation.readers.holders import is_confidential
from consultation.readers.questionnaires import version_asked
from consultation.readers.seats import Seat, Writer, version_before


class ConsultationClosed(DomainError):
    """It takes no answers now. What was saved is kept."""


_GATE = "hashtextextended('gate of consultation ' || %s, 0)"
_THROUGH_THE_GATE = (
    f"SELECT one.* FROM (SELECT pg_advisory_xact_lock_shared({_GATE})) AS gate, consultation_consultation AS one "  # noqa: S608
    "WHERE one.id = %s FOR SHARE OF one"
)


def hold_for_a_step(consultation_id: int) -> Consultation:
    """Inside a transaction: the consultation, held alone, as it is once all answers that were on their way are kept. Answers that
    come later wait until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_GATE})", [consultation_id])
    return Consultation.objects.select_for_update().get(pk=consultation_id)


def hold_open(consultation_id: int, *, one_by_one: str = "") -> Consultation:
    """Inside a transaction: hold the consultation for sharing, so that it does not close meanwhile and nobody who answers waits.
    Whoever names the same `one_by_one` (what may not be done twice at once) follows another."""
    if one_by_one:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"{consultation_id} {one_by_one}"])
    return _through_the_gate(consultation_id)


def hold_for_answering(consultation_id: int, *, by: Writer, at: datetime, to_send: bool = True) -> Version:
    """Inside a transaction: hold the consultation for sharing, so that neither its close nor its withdrawal slips in between
    the test and the commit; hold the member, so that two of their requests follow each other. Gives the version that is asked; to
    whoever types what came on paper the one that stands there. Without `to_send` a
    draft is kept, also while answers are paused; whoever sends and became entitled after the opening is put on the supplement of
    the list. Raises ConsultationClosed, Refused."""
    consultation = _held(consultation_id, by=by, at=at, to_send=to_send)
    # The list of a confidential one is added to once a day (actions/participation.py): never in the transaction of an answer.
    if isinstance(by, User) and to_send and not is_confidential(consultation):
        add_to_supplement(consultation, at=at, user_id=by.pk)
    if isinstance(by, User):
        hold_the_member(consultation, by)
    return version_before(consultation, by)


@transaction.atomic
def let_the_other_request_end(consultation: Consultation, *, by: Writer) -> None:
    """Outside a transaction: once this returns, what `by` was sending when it was called is there or refused."""
    hold_the_member(consultation, by)


def hold_for_a_ballot(consultation: Consultation, *, by: User, at: datetime, to_send: bool = True) -> Version:
    """The same in a detached consultation, without a lock of the member: their row in the ledger decides, and it is written to by
    nothing but the ballot's own transaction. Raises ConsultationClosed, Refused."""
    _held(consultation.pk, by=by, at=at, to_send=to_send)
    return version_asked(consultation.pk)


def _held(consultation_id: int, *, by: Writer, at: datetime, to_send: bool) -> Consultation:
    consultation = _through_the_gate(consultation_id)
    if isinstance(by, Seat):  # whether they still sit there is asked once nobody can be taken out any more
        hold_the_member(consultation, by)
    verdict = can_answer(by, consultation, at) if to_send else can_fill_in(by, consultation, at)
    if not (consultation.accepts_at(at) if to_send else consultation.keeps_drafts_at(at)):
        raise ConsultationClosed(verdict.reason)
    verdict.enforce()
    return consultation


def _through_the_gate(consultation_id: int) -> Consultation:
    return Consultation.objects.raw(_THROUGH_THE_GATE, [consultation_id, consultation_id])[0]
