"""Counting what was answered and showing it to everybody at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.books import BooksDoNotBalance, balance_books, balance_other_books
from consultation.actions.discussion import tell_the_topic
from consultation.actions.news import write_to_the_public
from consultation.actions.record import record_transition
from consultation.models import Consultation, Option, OtherResult, Party, Question, Response, Result, State, Version
from consultation.models.receipt import MEMBERS
from consultation.models.response import COUNTED
from consultation.permissions import can_publish, can_tell_outcome
from consultation.readers.answered import answers_to_each, how_many_count
from consultation.readers.questionnaires import published_versions, questionnaire_of
from consultation.readers.tabulation import Tabulation, tabulations
from consultation.readers.versions import responses_by_version
from consultation.suppression import LEAST
from notifications.events import record_event
from questions.definitions import Definition
from questions.kinds import kind_of


class FateWithoutReason(DomainError):
    """An option that is ruled out needs a because."""


@transaction.atomic
def publish_results(consultation: Consultation, *, by: User, at: datetime) -> Consultation:
    """Count each question over the current responses, apart where a material change made it another one, keep the counts, and
    open them to everybody at once, whoever publishes included. Raises BooksDoNotBalance, ExclusionWaits."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_publish(by, consultation, at).enforce()
    before = consultation.state_at(at)
    whole = how_many_count(consultation)
    versions, counts = published_versions(consultation), responses_by_version(consultation)
    by_version = {version.number: counts.get(version.pk, (0, 0))[0] for version in versions}
    balance_books(consultation, counted=whole, by_version=by_version, at=at)
    tables = _tables(versions)
    _count(consultation, tables, by_version, at=at)
    asked = {Party.Kind.ORGANISATION: consultation.for_organisations, Party.Kind.PUBLIC: consultation.for_public}
    for kind in (kind for kind, is_asked in asked.items() if is_asked):
        _count_others(consultation, tables, kind, at=at)
    consultation.published_at, consultation.published_by, consultation.responses_counted = at, by, whole
    consultation.save()
    tell_the_topic(consultation, at=at)
    note = f"Results of {whole:,} response{'' if whole == 1 else 's'} published."
    record_transition(consultation, verb="publish", before=before, after=State.PUBLISHED, by=by, at=at, note=note)
    record_event("consultation.published", at=at, by=by.pk, consultation=consultation.pk)
    write_to_the_public(consultation, "published", at=at)
    return consultation


@transaction.atomic
def tell_outcome(
    consultation: Consultation,
    *,
    outcome: str,
    by: User,
    at: datetime,
    fates: Mapping[str, tuple[str, str]] | None = None,
) -> Consultation:
    """Say what was decided and why (Markdown), and by option key what became of it and because of what. Said again, the newer
    words stay and the record shows both times. Raises FateWithoutReason."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_tell_outcome(by, consultation).enforce()
    _tell_fates(consultation, fates or {})
    again = bool(consultation.outcome)
    consultation.outcome, consultation.outcome_html = outcome, render(outcome)
    consultation.save(update_fields=["outcome", "outcome_html"])
    note = "What was decided is written anew." if again else "What was decided is written."
    here = consultation.state_at(at)
    record_transition(consultation, verb="tell_outcome", before=here, after=here, by=by, at=at, note=note)
    return consultation


@dataclass(frozen=True, slots=True)
class _Table:
    """One count to be made: `asked` is the question as its last version puts it, `ids` are its rows over all versions of it."""

    told: Tabulation
    asked: Definition
    ids: tuple[int, ...]
    is_of_all: bool

    @property
    def question_id(self) -> int:
        return self.ids[-1]

    @property
    def over(self) -> list[int]:
        """Empty where it goes over all versions."""
        return [] if self.is_of_all else self.told.numbers


def _tables(versions: Sequence[Version]) -> list[_Table]:
    """One statement."""
    rows = Question.objects.filter(version__in=versions).values_list("version", "key", "pk")
    ids = {(version, key): pk for version, key, pk in rows}
    asked = {version.pk: {one.key: one for one in questionnaire_of(version).questions} for version in versions}
    return [
        _Table(
            told=table,
            asked=asked[table.version.pk][table.key],
            ids=tuple(ids[one.pk, table.key] for one in table.over),
            is_of_all=len(table.over) == len(versions),
        )
        for table in tabulations(versions)
    ]


def _count(consultation: Consultation, tables: Sequence[_Table], by_version: Mapping[int, int], *, at: datetime) -> None:
    """Two statements and bounded memory, however many answers and questions there are; of ballots a statement for each
    question."""
    results = []
    for table, counts in _counts(consultation, tables, MEMBERS):
        whole = sum(by_version[number] for number in table.told.numbers)
        if counts["n"] > whole:
            raise BooksDoNotBalance(f"“{table.asked.text}” has {counts['n']:,} answers out of {whole:,} responses.")
        told = {"counts": counts, "n": counts["n"], "whole": whole, "over": table.over, "counted_at": at}
        version = table.told.version
        results.append(Result(version=version, question_id=table.question_id, digest=version.digest, **told))
    Result.objects.bulk_create(results)


def _counts(consultation: Consultation, tables: Sequence[_Table], kind: str) -> Iterator[tuple[_Table, dict[str, Any]]]:
    """Of each table what those of this kind answered, read before the next one begins; of those that nobody answered last."""
    nobody = set(range(len(tables)))
    for place, values in answers_to_each(consultation, [(table.told.key, table.ids) for table in tables], kind=kind):
        nobody.discard(place)
        yield tables[place], kind_of(tables[place].asked).count(tables[place].asked, values)
    for place in sorted(nobody):
        yield tables[place], kind_of(tables[place].asked).count(tables[place].asked, ())


def _count_others(consultation: Consultation, tables: Sequence[_Table], kind: str, *, at: datetime) -> None:
    """Apart from members. The books always, where any answered; the counts only from five up: whoever they are, they are few, and
    a count over three organisations that are named says what each answered."""
    sent = Response.objects.filter(consultation=consultation, is_current=True).of_kind(kind)
    by_version = dict(sent.filter(COUNTED).order_by().values_list("version__number").annotate(Count("pk")))
    if not sent.exists() and not consultation.departures.filter(kind=kind).exists():
        return
    balance_other_books(consultation, kind=kind, counted=sum(by_version.values()), at=at)
    results = []
    for table, counts in _counts(consultation, tables, kind):
        whole = sum(by_version.get(number, 0) for number in table.told.numbers)
        if whole >= LEAST:
            told = {"counts": counts, "n": counts["n"], "whole": whole, "over": table.over, "counted_at": at}
            results.append(OtherResult(version=table.told.version, question_id=table.question_id, kind=kind, **told))
    OtherResult.objects.bulk_create(results)


def _tell_fates(consultation: Consultation, fates: Mapping[str, tuple[str, str]]) -> None:
    for key, (fate, because) in fates.items():
        if fate == Option.Fate.RULED_OUT and not because.strip():
            raise FateWithoutReason("Say why an option was ruled out.")
        consultation.options.filter(key=key).update(fate=fate, because=because.strip())
