"""Keeping what a member gives, answer by answer, until it is sent."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from common.errors import DomainError
from consultation.actions.holders import holder_of, moment_kept
from consultation.actions.holding import hold_for_answering
from consultation.carrying import fits
from consultation.merging import what_changes
from consultation.models import Consultation, Draft, DraftAnswer, Response, Version
from consultation.readers.answers import mark_of
from consultation.readers.questionnaires import question_ids, questionnaire_of
from consultation.readers.seats import Seat, Writer
from questions.definitions import Definition, Given

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
    shown: Version | None = None,
) -> Draft:
    """Keep answers as typed, by question key; None takes one back. Begins a draft where there is none, from the response that
    was sent if there is one. `writer` names the open page and `sequence` counts within it: what was overtaken is not
    written. `held` gives by question key the mark (`readers.answers.mark_of`) of what the writer knew as kept: an answer
    that became another one since then, by somebody else's hand, is not written over. `shown` is the version that the writer
    had before them: where another one is asked by now, what no longer fits is kept with the question as it was, set aside,
    and nothing is written over. Unknown keys are passed over. Raises ConsultationClosed, Refused; AnswersDiffer after
    everything else was kept."""
    with transaction.atomic():
        version = hold_for_answering(consultation.pk, by=by, at=at, to_send=False)
        draft = _draft(version, consultation, by=by, at=at)
        signature = by.signature(at) if isinstance(by, Seat) else {}
        if shown is not None and shown.pk != version.pk:
            return _keep_overtaken(draft, shown, answers, held or {}, signature, at=moment_kept(consultation, at, by=by))
        ids = question_ids(version)
        asked = {each.key: each for each in questionnaire_of(version).questions}
        keys = {pk: key for key, pk in ids.items()}
        kept = {keys[answer.question_id]: answer for answer in draft.answers.filter(question__in=keys)}
        changed, differing = what_changes(asked, kept, answers, writer=writer, sequence=sequence, held=held)
        fresh = [
            DraftAnswer(draft=draft, question_id=ids[key], value=given, writer=writer, sequence=sequence, **signature)
            for key, given in changed.items()
            if given is not None
        ]
        _keep(draft, fresh, [ids[key] for key, given in changed.items() if given is None])
        draft.saved_at = moment_kept(consultation, at, by=by)
        if page is not None:
            draft.page = page
        draft.save(update_fields=["saved_at", "page"])
    if differing:
        raise AnswersDiffer(differing, is_shared=draft.party_id is not None)
    return draft


def _draft(version: Version, consultation: Consultation, *, by: Writer, at: datetime) -> Draft:
    holder = holder_of(consultation, by)
    moment = moment_kept(consultation, at, by=by)
    draft, made = Draft.objects.get_or_create(version=version, **holder, defaults={"started_at": moment, "saved_at": moment})
    if made:
        sent = Response.objects.filter(consultation=consultation, is_current=True, **holder).first()
        if sent is not None:
            DraftAnswer.objects.bulk_create(
                DraftAnswer(draft=draft, question_id=question, value=value)
                for question, value in _begun_from(sent, draft, version)
            )
    return draft


def _begun_from(sent: Response, draft: Draft, version: Version) -> Iterator[tuple[int, Given]]:
    """The answers that were sent, each to the question that it answers now, or to the one that it answered, set aside."""
    if sent.version_id == version.pk:
        yield from sent.answers.values_list("question", "value")
        return
    draft.begun_under = sent.version
    draft.save(update_fields=["begun_under"])
    was, now = _asked_in(sent.version), _asked_in(version)
    before, fresh = question_ids(sent.version), question_ids(version)
    for key, value in sent.answers.values_list("question__key", "value"):
        stays = key in now and fits(value, asked_before=was[key], asked_now=now[key])
        yield (fresh if stays else before)[key], value


def _keep_overtaken(
    draft: Draft,
    shown: Version,
    answers: Mapping[str, Given | None],
    held: Mapping[str, str],
    signature: Mapping[str, Any],
    *,
    at: datetime,
) -> Draft:
    """What came from a page of an earlier version. What fits the question of now, and would write over nothing that the page did
    not know, becomes its answer; all else stays with the question that was shown."""
    was, now = _asked_in(shown), _asked_in(draft.version)
    before, fresh = question_ids(shown), question_ids(draft.version)
    kept = {answer.question_id: answer.value for answer in draft.answers.all()}
    rows, gone = [], []
    for key, given in ((key, given) for key, given in answers.items() if key in was):
        stored = kept.get(fresh.get(key, before[key]))
        if mark_of(was[key], given) == mark_of(was[key], stored):
            continue
        is_elsewhere = key in held and mark_of(was[key], stored) != held[key]
        if given is None:
            gone += [] if is_elsewhere or key not in fresh else [fresh[key]]
            continue
        stays = key in now and not is_elsewhere and fits(given, asked_before=was[key], asked_now=now[key])
        rows.append(DraftAnswer(draft=draft, question_id=(fresh if stays else before)[key], value=given, **signature))
    _keep(draft, rows, gone)
    draft.saved_at, draft.begun_under_id = at, draft.begun_under_id or shown.pk
    draft.save(update_fields=["saved_at", "begun_under"])
    return draft


def _asked_in(version: Version) -> dict[str, Definition]:
    return {asked.key: asked for asked in questionnaire_of(version).questions}


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
