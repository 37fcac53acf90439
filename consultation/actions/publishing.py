"""Counting what was answered and showing it to everybody at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.books import BooksDoNotBalance, balance_books
from consultation.actions.discussion import tell_the_topic
from consultation.actions.record import record_transition
from consultation.models import Answer, Consultation, Option, Response, Result, State, Version
from consultation.permissions import can_publish, can_tell_outcome
from consultation.readers.questionnaires import question_ids, questionnaire_of
from notifications.events import record_event
from questions.definitions import Canonical, Definition
from questions.kinds import kind_of


class FateWithoutReason(DomainError):
    """An option that is ruled out needs a because."""


@transaction.atomic
def publish_results(consultation: Consultation, *, by: User, at: datetime) -> Consultation:
    """Count each question over the current responses, keep the counts, and open them to everybody at once, whoever publishes
    included. Raises BooksDoNotBalance."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_publish(by, consultation, at).enforce()
    before = consultation.state_at(at)
    version = consultation.versions.filter(published_at__isnull=False).latest("number")
    current = Response.objects.filter(consultation=consultation, is_current=True)
    whole = current.count()
    balance_books(consultation, counted=whole, at=at)
    _count(version, whole=whole, at=at)
    consultation.published_at, consultation.published_by, consultation.responses_counted = at, by, whole
    consultation.save()
    tell_the_topic(consultation, at=at)
    note = f"Results of {whole:,} response{'' if whole == 1 else 's'} published."
    record_transition(consultation, verb="publish", before=before, after=State.PUBLISHED, by=by, at=at, note=note)
    record_event("consultation.published", at=at, by=by.pk, consultation=consultation.pk)
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


def _count(version: Version, *, whole: int, at: datetime) -> None:
    """Three statements and bounded memory, however many answers and questions there are."""
    ids = question_ids(version)
    asked_by = {ids[asked.key]: asked for asked in questionnaire_of(version).questions}
    results = [_result(version, pk, asked_by[pk], values, whole=whole, at=at) for pk, values in _answers(asked_by)]
    nobody = asked_by.keys() - {result.question_id for result in results}
    results += [_result(version, pk, asked_by[pk], (), whole=whole, at=at) for pk in sorted(nobody)]
    Result.objects.bulk_create(results)


def _answers(questions: Collection[int]) -> Iterator[tuple[int, Iterator[Canonical]]]:
    """Of the current responses, question by question: each group is read before the next one begins."""
    rows = Answer.objects.filter(question__in=questions, response__is_current=True).order_by("question")
    for pk, group in groupby(rows.values_list("question", "value").iterator(2_000), key=itemgetter(0)):
        yield pk, (value for _, value in group)


def _result(
    version: Version, question_id: int, asked: Definition, values: Iterable[Canonical], *, whole: int, at: datetime
) -> Result:
    counts = kind_of(asked).count(asked, values)
    if counts["n"] > whole:
        raise BooksDoNotBalance(f"“{asked.text}” has {counts['n']:,} answers out of {whole:,} responses.")
    return Result(
        version=version,
        question_id=question_id,
        counts=counts,
        n=counts["n"],
        whole=whole,
        digest=version.digest,
        counted_at=at,
    )


def _tell_fates(consultation: Consultation, fates: Mapping[str, tuple[str, str]]) -> None:
    for key, (fate, because) in fates.items():
        if fate == Option.Fate.RULED_OUT and not because.strip():
            raise FateWithoutReason("Say why an option was ruled out.")
        consultation.options.filter(key=key).update(fate=fate, because=because.strip())
