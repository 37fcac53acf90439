"""Who answered, how many, and what, whatever the identity mode: out of responses, or out of ledger and ballots."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTransform

from consultation.models import Answer, Ballot, Consultation, Ledger, Question, Response
from consultation.readers.ballots import mark_of_member
from consultation.readers.holders import held_by, held_by_each, holders_of, is_detached
from questions.definitions import Canonical

BATCH = 2_000


def how_many_answered(consultation: Consultation) -> int:
    """Current responses, or ballots. One statement."""
    if is_detached(consultation):
        return Ballot.objects.filter(consultation=consultation).count()
    return Response.objects.filter(consultation=consultation, is_current=True).count()


def has_answered(consultation: Consultation, user_id: int) -> bool:
    """One statement, one more where it is confidential."""
    if is_detached(consultation):
        return mark_of_member(consultation, user_id) == "took part"
    return Response.objects.filter(held_by(consultation, user_id), consultation=consultation, is_current=True).exists()


def answered_by_each(consultation: Consultation, column: str, *, before: datetime | None = None) -> Exists:
    """Of outer rows whose `column` names a member: whether that member answered. `before` a moment, where moments are kept: a
    ledger has none. At most one statement of its own."""
    if is_detached(consultation):
        return Exists(Ledger.objects.filter(consultation=consultation, user=OuterRef(column), took_part=True))
    when = Q() if before is None else Q(submitted_at__lt=before)
    return Exists(Response.objects.filter(held_by_each(consultation, column), when, consultation=consultation))


def who_answered(consultation: Consultation, *, after: int, limit: int) -> Sequence[int]:
    """The ids of members who answered, beyond `after`, in order, at most `limit`."""
    if is_detached(consultation):
        rows = Ledger.objects.filter(consultation=consultation, took_part=True, user__gt=after, user__is_active=True)
        return list(rows.order_by("user").values_list("user", flat=True)[:limit])
    answered = Response.objects.filter(consultation=consultation, is_current=True)
    return holders_of(answered, consultation, after=after, limit=limit)


def answers_to(consultation: Consultation, question: Question) -> Iterator[Canonical]:
    """What counts, in no order that tells anything. One statement, bounded memory. Of ballots, once they are opened."""
    if is_detached(consultation):
        given = Ballot.objects.filter(consultation=consultation, answers__has_key=question.key)
        return given.values_list(KeyTransform(question.key, "answers"), flat=True).iterator(BATCH)
    values = Answer.objects.filter(question=question, response__is_current=True)
    return values.values_list("value", flat=True).iterator(BATCH)
