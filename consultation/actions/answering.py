"""Keeping what a member gives, answer by answer, until it is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from common.errors import DomainError
from consultation.actions.holders import holder_of
from consultation.actions.holding import hold_for_answering
from consultation.merging import what_changes
from consultation.models import Consultation, Draft, DraftAnswer, Response, Version
from consultation.readers.questionnaires import question_ids, questionnaire_of
from consultation.readers.seats import Seat, Writer
from questions.definitions import Given

_ELSEWHERE: Final = "You changed an answer on another device or in another window."


class AnswersDiffer(DomainError):
    """Some answers were changed elsewhere meanwhile and were not written over; `stored` is what is kept of them, by question key.
    All others that were sent are kept."""

    def __init__(self, stored: dict[str, Given | None], *, is_shared: bool = False) -> None:
        who = "A colleague, or you in another window, changed an answer." if is_shared else _ELSEWHERE
        super().__init__(f"{who} Choose which one to keep.")
        self.stored = stored


def save_answers(
    consultation: Consultation,
    answers: Mapping[str, Given | None],
    *,
    by: Writer,
    at: datetime,
    page: int | None = None,
    writer: str = "",
    sequence: int = 0,
    held: Mapping[str, str] | None = None,
) -> Draft:
    """Keep answers as typed, by question key; None takes one back. Begins a draft where there is none, from the response that was
    sent if there is one. `writer` names the open page and `sequence` counts within it: what was overtaken is not written. `held`
    gives by question key the mark (`readers.answers.mark_of`) of what the writer knew as kept: an answer that became another one
    since then, by somebody else's hand, is not written over. Unknown keys are passed over. Raises ConsultationClosed, Refused;
    AnswersDiffer after everything else was kept."""
    with transaction.atomic():
        version = hold_for_answering(consultation.pk, by=by, at=at, to_send=False)
        draft = _draft(version, consultation, by=by, at=at)
        ids = question_ids(version)
        signature = by.signature(at) if isinstance(by, Seat) else {}
        asked = {each.key: each for each in questionnaire_of(version).questions}
        keys = {pk: key for key, pk in ids.items()}
        kept = {keys[answer.question_id]: answer for answer in draft.answers.all()}
        changed, differing = what_changes(asked, kept, answers, writer=writer, sequence=sequence, held=held)
        fresh = [
            DraftAnswer(draft=draft, question_id=ids[key], value=given, writer=writer, sequence=sequence, **signature)
            for key, given in changed.items()
            if given is not None
        ]
        _keep(draft, fresh, [ids[key] for key, given in changed.items() if given is None])
        draft.saved_at = at
        if page is not None:
            draft.page = page
        draft.save(update_fields=["saved_at", "page"])
    if differing:
        raise AnswersDiffer(differing, is_shared=draft.party_id is not None)
    return draft


def _draft(version: Version, consultation: Consultation, *, by: Writer, at: datetime) -> Draft:
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
        update_fields=["value", "writer", "sequence", "by", "at"],
    )
    if gone:
        DraftAnswer.objects.filter(draft=draft, question__in=gone).delete()
