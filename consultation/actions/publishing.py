"""Counting what was answered and showing it to everybody at once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.books import BooksDoNotBalance, balance_books
from consultation.actions.discussion import tell_the_topic
from consultation.actions.record import record_transition
from consultation.models import Consultation, Option, Question, Result, State, Version
from consultation.permissions import can_publish, can_tell_outcome
from consultation.readers.answered import answers_to, how_many_answered
from consultation.readers.questionnaires import questionnaire_of
from notifications.events import record_event
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
    whole = how_many_answered(consultation)
    balance_books(consultation, counted=whole, at=at)
    _count(consultation, version, whole=whole, at=at)
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


def _count(consultation: Consultation, version: Version, *, whole: int, at: datetime) -> None:
    rows = {question.key: question for question in Question.objects.filter(version=version)}
    for asked in questionnaire_of(version).questions:
        counts = kind_of(asked).count(asked, answers_to(consultation, rows[asked.key]))
        if counts["n"] > whole:
            raise BooksDoNotBalance(f"“{asked.text}” has {counts['n']:,} answers out of {whole:,} responses.")
        Result.objects.create(
            version=version,
            question=rows[asked.key],
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
