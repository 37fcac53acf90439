"""Which members answered, how many, and what, whatever the identity mode: out of responses, or out of ledger and ballots.
Organisations and the public, who are counted apart, answer where there are responses only."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTransform

from consultation.models import Answer, Ballot, Consultation, Ledger, Response
from consultation.models.response import COUNTED, COUNTED_ANSWERS
from consultation.readers.ballots import mark_of_member
from consultation.readers.holders import held_by, held_by_each, holders_of, is_detached
from questions.definitions import Canonical

BATCH = 2_000


def how_many_answered(consultation: Consultation) -> int:
    """Current responses of members, or ballots. One statement."""
    if is_detached(consultation):
        return Ballot.objects.filter(consultation=consultation).count()
    return Response.objects.filter(consultation=consultation, is_current=True).of_members().count()


def how_many_count(consultation: Consultation) -> int:
    """The same without those that two left out of the counts. One statement."""
    return _counted(consultation).count()


def counted_by_segment(consultation: Consultation) -> list[int]:
    """How many members count of each nation and list size, as they stand exactly; what was not stated is a segment too. One
    statement."""
    rows = _counted(consultation).values("nation", "list_size").annotate(number=Count("pk"))
    return list(rows.values_list("number", flat=True).order_by("nation", "list_size"))


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


def answers_to_each(
    consultation: Consultation, asked: Sequence[tuple[str, Sequence[int]]]
) -> Iterator[tuple[int, Iterable[Canonical]]]:
    """What counts of members' answers, by place in `asked`, in no order that tells anything; each is read before the next one
    begins, and what nobody answered may be missing. `asked` gives key and rows of each question, the rows over all versions of
    it. Bounded memory. One statement; of ballots one for each question, once they are opened."""
    if is_detached(consultation):
        return ((place, _on_ballots(consultation, key)) for place, (key, _) in enumerate(asked))
    return _grouped(Answer.objects.filter(COUNTED_ANSWERS, response__party=None), [rows for _, rows in asked])


def answers_of_others(kind: str, asked: Sequence[Sequence[int]]) -> Iterator[tuple[int, Iterable[Canonical]]]:
    """The same of organisations, or of the public, by the rows of each question. One statement."""
    return _grouped(Answer.objects.filter(COUNTED_ANSWERS, response__party__kind=kind), asked)


def _counted(consultation: Consultation) -> "QuerySet[Ballot] | QuerySet[Response]":
    if is_detached(consultation):
        return Ballot.objects.filter(consultation=consultation)
    return Response.objects.filter(COUNTED, consultation=consultation).of_members()


def _on_ballots(consultation: Consultation, key: str) -> Iterator[Canonical]:
    given = Ballot.objects.filter(consultation=consultation, answers__has_key=key)
    return given.values_list(KeyTransform(key, "answers"), flat=True).iterator(BATCH)


def _grouped(answers: "QuerySet[Answer]", asked: Sequence[Sequence[int]]) -> Iterator[tuple[int, Iterable[Canonical]]]:
    place = Case(*(When(question__in=rows, then=Value(number)) for number, rows in enumerate(asked)))
    found = answers.filter(question__in=[row for rows in asked for row in rows]).annotate(place=place).order_by("place")
    for number, group in groupby(found.values_list("place", "value").iterator(BATCH), key=itemgetter(0)):
        yield number, (value for _, value in group)
