"""What the clock does, each consultation for itself: a key that does not fit holds up no other, and staff are told."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime, time

from django.db import IntegrityError, transaction

from common import audit
from common.clock import london_day, london_moment
from consultation.confidentiality import WrongKeyError
from consultation.models import Reminder
from notifications.events import record_event

log = logging.getLogger("plenary.consultation")


def each_for_itself(ids: Iterable[int], step: Callable[[int], int], *, at: datetime) -> int:
    """Take a step of each of these consultations, in a transaction of its own; returns the sum of what they did. Where
    CONSULTATION_KEY is not the one that its key was wrapped under, nothing of that one happened: it is due again at the next
    tick, and staff are told once a day until the key is right."""
    done = 0
    for pk in list(ids):
        try:
            done += step(pk)
        except WrongKeyError:
            log.error(  # noqa: TRY400 - where it was raised says nothing more
                "consultation %s waits: CONSULTATION_KEY does not open its key", pk
            )
            _tell(pk, at=at)
    return done


def step_by_step(steps: Sequence[Callable[[], int]]) -> int:
    """Take each; one that fails holds up no other. Returns the sum of what they did; raises what failed, the last of several with
    those before as its context, so that whoever watches the clock's task hears of it."""
    done: list[int] = []

    def take(step: Callable[[], int]) -> None:
        done.append(step())

    with ExitStack() as waiting:  # it unwinds to its end, whatever one of them raises; last in, first out
        for step in reversed(steps):
            waiting.callback(take, step)
    return sum(done)


def _tell(consultation_id: int, *, at: datetime) -> None:
    day = london_moment(london_day(at), time(0))
    told = {"consultation_id": consultation_id, "kind": "wrong_key", "end": day}
    if Reminder.objects.filter(**told).exists():
        return
    try:
        with transaction.atomic():
            Reminder.objects.create(**told, at=at)
            audit.record("consultation.wrong_key", subject=("consultation", consultation_id), by=None, at=at)
            record_event("consultation.review", at=at, by=None, consultation=consultation_id, what="wrong_key")
    except IntegrityError:  # another tick was quicker
        return
