"""Which members answered, how many, and what, whatever the identity mode: out of responses, or out of ledger and ballots.
Organisations and the public, who are counted apart, answer where there are responses only."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from consultation.models import Answer, Ballot, Consultation, Departure, Exclusion, Ledger, Response, Version
from consultation.models.receipt import MEMBERS
from consultation.models.response import COUNTED, COUNTED_ANSWERS
from consultation.readers.ballots import mark_of_member
from consultation.readers.holders import held_by, held_by_each, holders_of, is_detached
from questions.definitions import Canonical

BATCH = 2_000
_KIND: Final = Coalesce("party__kind", Value(MEMBERS))
COUNTS, LEFT_OUT, WAITS = "counts", "left out", "waits"
_SEGMENT: Final = ("nation", "list_size")


def how_many_answered(consultation: Consultation) -> int:
    """Current responses of members, or ballots. One statement."""
    if is_detached(consultation):
        return Ballot.objects.filter(consultation=consultation).count()
    return Response.objects.filter(consultation=consultation, is_current=True).of_members().count()


def how_many_count(consultation: Consultation) -> int:
    """The same without those that two left out of the counts. One statement."""
    return _counted(consultation).count()


@dataclass(slots=True)
class Counted:
    """How many count of one kind, by the id of the version that they answer; by nation and list size as they stand exactly, where
    what was not stated is a segment too."""

    by_version: Counter[int] = field(default_factory=Counter)
    segments: Counter[tuple[str, str]] = field(default_factory=Counter)


def counted_by_kind(consultation: Consultation, *, asked: Version) -> Mapping[str, Counted]:
    """Of members and of the others, by kind. `asked`: what ballots answer. One statement."""
    found: defaultdict[str, Counted] = defaultdict(Counted)
    if is_detached(consultation):
        ballots = Ballot.objects.filter(consultation=consultation).order_by().values_list(*_SEGMENT)
        rows = [(MEMBERS, asked.pk, *row) for row in ballots.annotate(Count("pk"))]
    else:
        sent = Response.objects.filter(COUNTED, consultation=consultation).order_by().annotate(kind=_KIND)
        rows = list(sent.values_list("kind", "version", *_SEGMENT).annotate(Count("pk")))
    for kind, version, nation, list_size, number in rows:
        found[kind].by_version[version] += number
        found[kind].segments[nation, list_size] += number
    return found


def numbers_for_the_books(consultation: Consultation) -> Counter[tuple[str, str]]:
    """By kind: how many count (`COUNTS`), counted for themselves; why how many left since the close; how many two have left out,
    of which the books do not know yet (`LEFT_OUT`), and about how many nobody has decided (`WAITS`). One statement."""
    if is_detached(consultation):
        ballots = Ballot.objects.filter(consultation=consultation)
        parts = [_numbers(ballots.annotate(kind=Value(MEMBERS), what=Value(COUNTS)))]
    else:
        sent = Response.objects.filter(COUNTED, consultation=consultation)
        parts = [_numbers(sent.annotate(kind=_KIND, what=Value(COUNTS)))]
    gone = Departure.objects.filter(consultation=consultation).annotate(what=F("why"))
    asked = Exclusion.objects.filter(response__consultation=consultation, response__is_current=True)
    state = Case(When(agreed_at=None, then=Value(WAITS)), default=Value(LEFT_OUT))
    asked = asked.annotate(kind=Coalesce("response__party__kind", Value(MEMBERS)), what=state)
    whole = parts[0].union(_numbers(gone), _numbers(asked), all=True)
    return Counter({(kind, what): number for kind, what, number in whole})


def _numbers(rows: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = rows.order_by().values_list("kind", "what").annotate(number=Count("pk"))
    return found


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
    consultation: Consultation, asked: Sequence[tuple[str, Collection[int]]]
) -> Iterator[tuple[str, int, Iterable[Canonical]]]:
    """What counts of the answers to each of `asked`: the key of a question, and its rows in the versions that are counted
    together. By whose kind they are (`MEMBERS`, or one of the others), and by the place in `asked`, in no order that tells
    anything; each is read before the next one begins, and one that nobody answered may be missing. Bounded memory. One
    statement; of ballots one for each question, once they are opened."""
    if is_detached(consultation):
        return ((MEMBERS, place, _on_ballots(consultation, key)) for place, (key, _) in enumerate(asked))
    place = Case(*(When(question__in=ids, then=Value(number)) for number, (_, ids) in enumerate(asked)))
    rows = Answer.objects.filter(COUNTED_ANSWERS, question__in=[pk for _, ids in asked for pk in ids])
    rows = rows.annotate(kind=Coalesce("response__party__kind", Value(MEMBERS)), place=place).order_by("kind", "place")
    found = rows.values_list("kind", "place", "value").iterator(BATCH)
    return ((kind, number, (value for *_, value in group)) for (kind, number), group in groupby(found, key=itemgetter(0, 1)))


def _counted(consultation: Consultation) -> "QuerySet[Ballot] | QuerySet[Response]":
    if is_detached(consultation):
        return Ballot.objects.filter(consultation=consultation)
    return Response.objects.filter(COUNTED, consultation=consultation).of_members()


def _on_ballots(consultation: Consultation, key: str) -> Iterator[Canonical]:
    given = Ballot.objects.filter(consultation=consultation, answers__has_key=key)
    return given.values_list(KeyTransform(key, "answers"), flat=True).iterator(BATCH)
