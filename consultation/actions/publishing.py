"""Counting what was answered and showing it to everybody at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.books import BooksDoNotBalance, balance_books
from consultation.actions.discussion import tell_the_topic
from consultation.actions.record import record_transition
from consultation.models import Answer, Consultation, Option, Question, Response, Result, State, Version
from consultation.permissions import can_publish, can_tell_outcome
from consultation.readers.questionnaires import published_versions, questionnaire_of
from consultation.readers.tabulation import tabulations
from consultation.readers.versions import responses_by_version
from notifications.events import record_event
from questions.kinds import kind_of


class FateWithoutReason(DomainError):
    """An option that is ruled out needs a because."""


@transaction.atomic
def publish_results(consultation: Consultation, *, by: User, at: datetime) -> Consultation:
    """Count each question over the current responses, apart where a material change made it another one, keep the counts, and
    open them to everybody at once, whoever publishes included. Raises BooksDoNotBalance."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_publish(by, consultation, at).enforce()
    before = consultation.state_at(at)
    whole = Response.objects.filter(consultation=consultation, is_current=True).count()
    versions, counts = published_versions(consultation), responses_by_version(consultation)
    by_version = {version.number: counts.get(version.pk, (0, 0))[0] for version in versions}
    balance_books(consultation, counted=whole, by_version=by_version, at=at)
    _count(versions, by_version, at=at)
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


def _count(versions: Sequence[Version], by_version: Mapping[int, int], *, at: datetime) -> None:
    """One statement for the questions, and two for each count."""
    rows = Question.objects.filter(version__in=versions).values_list("version", "key", "pk")
    ids = {(version, key): pk for version, key, pk in rows}
    asked = {version.pk: {one.key: one for one in questionnaire_of(version).questions} for version in versions}
    for table in tabulations(versions):
        question, version = asked[table.version.pk][table.key], table.version
        whole = sum(by_version[number] for number in table.numbers)
        here = [ids[one.pk, table.key] for one in table.over]
        values = Answer.objects.filter(question__in=here, response__is_current=True).values_list("value", flat=True)
        counts = kind_of(question).count(question, values.iterator(2_000))
        if counts["n"] > whole:
            raise BooksDoNotBalance(f"“{question.text}” has {counts['n']:,} answers out of {whole:,} responses.")
        Result.objects.create(
            version=version,
            question_id=ids[version.pk, table.key],
            counts=counts,
            n=counts["n"],
            whole=whole,
            over=table.numbers if len(versions) > len(table.over) else [],
            digest=version.digest,
            counted_at=at,
        )


def _tell_fates(consultation: Consultation, fates: Mapping[str, tuple[str, str]]) -> None:
    for key, (fate, because) in fates.items():
        if fate == Option.Fate.RULED_OUT and not because.strip():
            raise FateWithoutReason("Say why an option was ruled out.")
        consultation.options.filter(key=key).update(fate=fate, because=because.strip())
