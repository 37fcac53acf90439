"""Counting what was answered and showing it to everybody at once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.books import BooksDoNotBalance, balance_books, balance_other_books
from consultation.actions.discussion import tell_the_topic
from consultation.actions.record import record_transition
from consultation.models import Consultation, Option, OtherResult, Party, Response, Result, State, Version
from consultation.models.response import COUNTED
from consultation.permissions import can_publish, can_tell_outcome
from consultation.readers.answered import answers_of_others, answers_to_each, how_many_count
from consultation.readers.questionnaires import question_ids, questionnaire_of
from consultation.suppression import LEAST
from notifications.events import record_event
from questions.definitions import Canonical, Definition
from questions.kinds import kind_of


class FateWithoutReason(DomainError):
    """An option that is ruled out needs a because."""


@transaction.atomic
def publish_results(consultation: Consultation, *, by: User, at: datetime) -> Consultation:
    """Count each question over the current responses, keep the counts, and open them to everybody at once, whoever publishes
    included. Raises BooksDoNotBalance, ExclusionWaits."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_publish(by, consultation, at).enforce()
    before = consultation.state_at(at)
    version = consultation.versions.filter(published_at__isnull=False).latest("number")
    whole = how_many_count(consultation)
    balance_books(consultation, counted=whole, at=at)
    _count(version, whole=whole, at=at)
    for kind in Party.Kind.values:
        _count_others(version, kind, at=at)
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
    """Three statements and bounded memory, however many answers and questions there are; of ballots a statement for each
    question."""
    ids = question_ids(version)
    results = [
        Result(
            version=version, question_id=ids[key], counts=counts, n=counts["n"], whole=whole, digest=version.digest, counted_at=at
        )
        for key, counts in _counts(version, answers_to_each(version.consultation, ids), whole=whole)
    ]
    Result.objects.bulk_create(results)


def _counts(
    version: Version, answers: Iterable[tuple[str, Iterable[Canonical]]], *, whole: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each question, by its key, what `answers` say: each is read before the next one begins."""
    asked_by = {asked.key: asked for asked in questionnaire_of(version).questions}
    nobody = list(asked_by)
    for key, values in answers:
        nobody.remove(key)
        yield key, _counted(asked_by[key], values, whole=whole)
    for key in nobody:
        yield key, _counted(asked_by[key], (), whole=whole)


def _counted(asked: Definition, values: Iterable[Canonical], *, whole: int) -> dict[str, Any]:
    counts = kind_of(asked).count(asked, values)
    if counts["n"] > whole:
        raise BooksDoNotBalance(f"“{asked.text}” has {counts['n']:,} answers out of {whole:,} responses.")
    return counts


def _count_others(version: Version, kind: str, *, at: datetime) -> None:
    """Apart from members. The books always, where any answered; the counts only from five up: whoever they are, they are few, and
    a count over three organisations that are named says what each answered."""
    sent = Response.objects.filter(consultation=version.consultation_id, is_current=True).of_kind(kind)
    whole = sent.filter(COUNTED).count()
    if not sent.exists() and not version.consultation.departures.filter(kind=kind).exists():
        return
    balance_other_books(version.consultation, kind=kind, counted=whole, at=at)
    if whole < LEAST:
        return
    ids = question_ids(version)
    OtherResult.objects.bulk_create(
        OtherResult(version=version, question_id=ids[key], kind=kind, counts=counts, n=counts["n"], whole=whole, counted_at=at)
        for key, counts in _counts(version, answers_of_others(kind, ids), whole=whole)
    )


def _tell_fates(consultation: Consultation, fates: Mapping[str, tuple[str, str]]) -> None:
    for key, (fate, because) in fates.items():
        if fate == Option.Fate.RULED_OUT and not because.strip():
            raise FateWithoutReason("Say why an option was ruled out.")
        consultation.options.filter(key=key).update(fate=fate, because=because.strip())
