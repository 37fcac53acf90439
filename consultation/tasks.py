from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.utils import timezone

from consultation.actions.closing import close_what_is_due
from consultation.actions.evidence import let_lapse
from consultation.actions.files import scan_what_was_kept, sweep_answer_files
from consultation.actions.mixing import mix_what_is_due, sweep_what_was_mixed
from consultation.actions.news import write_what_is_due
from consultation.actions.participation import publish_participation
from consultation.actions.reminding import remind_of_what_closes
from consultation.actions.scheduling import open_what_is_due
from consultation.actions.troubles import step_by_step


@shared_task(name="consultation.open")
def open_due() -> int:
    """Opens those whose hour has come; in a queue where nothing works for long, so that members wait for seconds. Safe twice, in
    parallel and late."""
    return open_what_is_due(at=timezone.now())


@shared_task(name="consultation.tick")
def tick() -> int:
    """What the clock does to consultations: opens those whose hour has come, closes those whose time is up, reminds before the
    end, publishes each morning how many took part, mixes ballots, writes to the public, takes lines away under posts whose
    author did not answer. A step that fails holds up no other, and fails the task once all were tried. Safe twice, in
    parallel and late."""
    now = timezone.now()
    first: list[Callable[[], int]] = [
        partial(open_what_is_due, at=now),
        partial(close_what_is_due, at=now),
        mix_what_is_due,
        _sweep_boxes,
    ]
    then = (remind_of_what_closes, publish_participation, write_what_is_due, let_lapse)
    return step_by_step([*first, *(partial(step, at=now) for step in then)])


def _sweep_boxes() -> int:
    """Nothing is done to any consultation by it."""
    sweep_what_was_mixed()
    return 0


@shared_task(name="consultation.sweep_files")
def sweep() -> int:
    """Files that no answer names any more go; those that were kept before there was a scanner are scanned. Safe twice and in
    parallel."""
    return sweep_answer_files(at=timezone.now()) + scan_what_was_kept()
