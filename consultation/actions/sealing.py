"""Keeping what a member gives in a detached consultation, sealed with the key in their browser, until it is sent."""

import hmac
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from common.clock import london_day, london_moment
from common.errors import DomainError
from consultation.actions.answering import AnswersDiffer
from consultation.actions.holding import hold_for_a_ballot
from consultation.detachment import MOST, draft_key, draft_name, room_for, sealed
from consultation.merging import what_changes
from consultation.models import Consultation, SealedDraft
from consultation.readers.ballots import Begun, Typed, about_draft, opened_draft
from consultation.readers.questionnaires import questionnaire_of
from questions.definitions import Given

MOST_BEGUN: Final = 20
"""Drafts that one member begins in one day."""
_KEPT_FOR: Final = timedelta(days=2)


class TooMuchToKeep(DomainError):
    """A draft has a size at which it ends."""


class TooOftenBegun(DomainError):
    """Each browser begins a draft of its own, which stays until the close."""


def seal_answers(
    consultation: Consultation,
    answers: Mapping[str, Given | None],
    *,
    by: User,
    at: datetime,
    key: bytes,
    page: int | None = None,
    writer: str = "",
    sequence: int = 0,
    held: Mapping[str, str] | None = None,
) -> Begun:
    """As `save_answers`, for a detached consultation: into the draft that `key` and `by` together name. Two requests of one
    browser follow each other. Raises ConsultationClosed, Refused, TooMuchToKeep, TooOftenBegun;
    AnswersDiffer after everything else was kept."""
    with transaction.atomic():
        version = hold_for_a_ballot(consultation, by=by, at=at, to_send=False)
        name = draft_name(key, consultation=consultation.pk, member=by.pk)
        seal = draft_key(key, consultation=consultation.pk, member=by.pk)
        questions = questionnaire_of(version).questions
        room = 2 * room_for(questions)
        row = SealedDraft.objects.select_for_update().filter(pk=name).first()
        if row is None:
            _count_beginning(consultation, by=by, at=at)
            empty = sealed(Begun(1, at).as_dict(), key=seal, about=about_draft(consultation), room=room)
            SealedDraft.objects.bulk_create(
                [SealedDraft(pk=name, consultation=consultation, sealed=empty)], ignore_conflicts=True
            )
            row = SealedDraft.objects.select_for_update().get(pk=name)
        begun = opened_draft(row, consultation, key=key, member=by.pk) or Begun(1, at)
        asked = {each.key: each for each in questions}
        changed, differing = what_changes(asked, begun.answers, answers, writer=writer, sequence=sequence, held=held)
        fresh = {each: Typed(given, writer, sequence) for each, given in changed.items() if given is not None}
        stay = {each: typed for each, typed in begun.answers.items() if each not in changed}
        begun = Begun(page or begun.page, at, stay | fresh)
        row.sealed = sealed(begun.as_dict(), key=seal, about=about_draft(consultation), room=room)
        if len(row.sealed) > max(MOST, 2 * room):
            raise TooMuchToKeep("That is more than can be kept here. Shorten what you wrote.")
        row.save(update_fields=["sealed"])
    if differing:
        raise AnswersDiffer(differing)
    return begun


def _count_beginning(consultation: Consultation, *, by: User, at: datetime) -> None:
    """How often somebody began on this London day: a number in the cache, under a name that leads to nobody without SECRET_KEY,
    and without an hour. Of the drafts themselves nobody can count whose they are."""
    day = london_day(at)
    told = f"{consultation.pk} {by.pk} {day}".encode()
    name = "sealed-drafts:" + hmac.digest(settings.SECRET_KEY.encode(), told, "sha256").hex()
    ends = london_moment(day, time(0)) + _KEPT_FOR
    if cache.get(name, 0) >= MOST_BEGUN:
        raise TooOftenBegun(f"You have begun in {MOST_BEGUN} browsers today. Go on in one of them, or begin anew tomorrow.")
    if not cache.add(name, 1, timeout=max(1, int((ends - at).total_seconds()))):
        cache.incr(name)
