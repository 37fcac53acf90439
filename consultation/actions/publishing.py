"""Counting what was answered and showing it to everybody at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.markdown import render
from consultation.actions.books import BooksDoNotBalance, balance_books
from consultation.actions.discussion import tell_the_topic
from consultation.actions.drafting import enforce_as_seen
from consultation.actions.news import write_to_the_public
from consultation.actions.record import record_transition
from consultation.models import Consultation, Option, OtherResult, Party, Result, State
from consultation.models.receipt import MEMBERS
from consultation.permissions import can_publish, can_tell_outcome
from consultation.readers.answered import Counted, counted_by_kind
from consultation.readers.counting import Table, counts_of, tables_of, versions_with_questions
from consultation.suppression import LEAST
from notifications.events import record_event


class FateWithoutReason(DomainError):
    """An option that is ruled out needs a because."""


@transaction.atomic
def publish_results(consultation: Consultation, *, by: User, at: datetime) -> Consultation:
    """Count each question over the current responses, apart where a material change made it another one, keep the counts, and
    open them to everybody at once, whoever publishes included. At most thirteen statements, however many answered; three more
    where organisations and the public are asked. Raises BooksDoNotBalance, ExclusionWaits."""
    held = Consultation.objects.select_for_update(of=("self",)).select_related("topic", "root")
    consultation = held.get(pk=consultation.pk)
    can_publish(by, consultation, at).enforce()
    before, versions = consultation.state_at(at), versions_with_questions(consultation)
    counted = counted_by_kind(consultation, asked=versions[-1])
    asked = {Party.Kind.ORGANISATION: consultation.for_organisations, Party.Kind.PUBLIC: consultation.for_public}
    kinds = [str(kind) for kind, is_asked in asked.items() if is_asked]
    others = balance_books(consultation, counted, versions, others=kinds, at=at)
    _count(consultation, tables_of(versions), counted, [books.kind for books in others], at=at)
    whole = consultation.responses_counted
    consultation.published_at, consultation.published_by = at, by
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
    as_seen: str = "",
) -> Consultation:
    """Say what was decided and why (Markdown), and by option key what became of it and because of what. Said again, the newer
    words stay and the record shows both times. Raises FateWithoutReason, and ChangedMeanwhile where it is not `as_seen` any
    more."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_tell_outcome(by, consultation).enforce()
    enforce_as_seen(consultation, as_seen)
    _tell_fates(consultation, fates or {})
    again = bool(consultation.outcome)
    consultation.outcome, consultation.outcome_html = outcome, render(outcome)
    consultation.save(update_fields=["outcome", "outcome_html"])
    note = "What was decided is written anew." if again else "What was decided is written."
    here = consultation.state_at(at)
    record_transition(consultation, verb="tell_outcome", before=here, after=here, by=by, at=at, note=note)
    return consultation


def _count(
    consultation: Consultation, tables: Sequence[Table], counted: Mapping[str, Counted], others: Sequence[str], *, at: datetime
) -> None:
    """Two statements and bounded memory, however many answers and questions there are, and one more for others, who are counted
    apart and only from five up: they are few, and a count over three organisations that are named says what each answered. Of
    ballots a statement for each question."""
    results, of_others = [], []
    for kind, table, counts in counts_of(consultation, tables, [MEMBERS, *others]):
        whole = sum(counted[kind].by_version[version.pk] for version in table.told.over)
        if counts["n"] > whole:
            raise BooksDoNotBalance(f"“{table.asked.text}” has {counts['n']:,} answers out of {whole:,} responses.")
        version = table.told.version
        told = {"counts": counts, "n": counts["n"], "whole": whole, "over": table.over, "counted_at": at}
        told |= {"version": version, "question_id": table.question_id}
        if kind == MEMBERS:
            results.append(Result(digest=version.digest, **told))
        elif whole >= LEAST:
            of_others.append(OtherResult(kind=kind, **told))
    Result.objects.bulk_create(results)
    OtherResult.objects.bulk_create(of_others)


def _tell_fates(consultation: Consultation, fates: Mapping[str, tuple[str, str]]) -> None:
    for key, (fate, because) in fates.items():
        if fate == Option.Fate.RULED_OUT and not because.strip():
            raise FateWithoutReason("Say why an option was ruled out.")
        consultation.options.filter(key=key).update(fate=fate, because=because.strip())
