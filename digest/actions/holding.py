"""The machine stops a run that goes wrong, or tells of one that may, and says so once."""

from datetime import datetime

from django.db import transaction

from common import audit
from digest.actions.unsent import let_go
from digest.models import Run
from notifications.events import record_event


@transaction.atomic
def hold_run(run: Run, *, because: str, at: datetime) -> bool:
    """Pause a run that is going out, for a person to look at; organisers and directors are told. False where it stands already.
    Safe to call twice and in parallel: one alert."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.state not in Run.GOING_OUT:
        return False
    Run.objects.filter(pk=run.pk).update(state=Run.State.PAUSED, paused_from=locked.state, held_because=because[:200])
    let_go(run)
    audit.record("run.hold", subject=("run", run.pk), by=None, at=at, because=because)
    record_event("digest.held", at=at, by=None, run=run.pk)
    return True


@transaction.atomic
def warn_of_run(run: Run, *, at: datetime) -> bool:
    """Organisers and directors are told that letters are turned away for what they are; the run goes on. False where they were
    told. Safe to call twice and in parallel."""
    if not Run.objects.filter(pk=run.pk, warned_at=None).update(warned_at=at):
        return False
    record_event("digest.turned_away", at=at, by=None, run=run.pk)
    return True
