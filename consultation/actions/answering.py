"""Keeping what a member gives, answer by answer, until it is sent."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from consultation.actions.holders import holder_of
from consultation.actions.holding import hold_for_answering
from consultation.models import Consultation, Draft, DraftAnswer, Response, Version
from consultation.readers.questionnaires import question_ids
from questions.definitions import Given


@transaction.atomic
def save_answers(
    consultation: Consultation,
    answers: Mapping[str, Given | None],
    *,
    by: User,
    at: datetime,
    page: int | None = None,
    writer: str = "",
    sequence: int = 0,
) -> Draft:
    """Keep answers as typed, by question key; None takes one back. Begins a draft where there is none, from the response that was
    sent if there is one. `writer` names the open page and `sequence` counts within it: what was overtaken is not written. Unknown
    keys are passed over. Raises ConsultationClosed, Refused."""
    version = hold_for_answering(consultation.pk, by=by, at=at)
    draft = _draft(version, consultation, by=by, at=at)
    ids = question_ids(version)
    kept = {answer.question_id: answer for answer in draft.answers.all()}
    fresh, gone = [], []
    for key, given in answers.items():
        if key not in ids:
            continue
        before = kept.get(ids[key])
        if before is not None and writer and before.writer == writer and before.sequence > sequence:
            continue
        if given is None:
            gone.append(ids[key])
        else:
            fresh.append(DraftAnswer(draft=draft, question_id=ids[key], value=given, writer=writer, sequence=sequence))
    _keep(draft, fresh, gone)
    draft.saved_at = at
    if page is not None:
        draft.page = page
    draft.save(update_fields=["saved_at", "page"])
    return draft


def _draft(version: Version, consultation: Consultation, *, by: User, at: datetime) -> Draft:
    holder = holder_of(consultation, by)
    draft, made = Draft.objects.get_or_create(version=version, **holder, defaults={"started_at": at, "saved_at": at})
    if made:
        sent = Response.objects.filter(version=version, is_current=True, **holder).first()
        if sent is not None:
            DraftAnswer.objects.bulk_create(
                DraftAnswer(draft=draft, question_id=answer.question_id, value=answer.value) for answer in sent.answers.all()
            )
    return draft


def _keep(draft: Draft, fresh: list[DraftAnswer], gone: list[int]) -> None:
    """Two statements at most, however many answers a page has."""
    DraftAnswer.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["draft", "question"],
        update_fields=["value", "writer", "sequence"],
    )
    if gone:
        DraftAnswer.objects.filter(draft=draft, question__in=gone).delete()
