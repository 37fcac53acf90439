"""One tick: whatever is due is begun, whatever was left is taken up. Everything below survives a tick that dies: the next one
finds the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from common.wakeups import wake_on_commit
from digest.actions.bodies import BATCH, give_bodies
from digest.actions.editions import cut_due_editions
from digest.actions.pacing import settle_paces
from digest.actions.reconciling import reconcile_uncertain
from digest.actions.runs import materialise, plan_runs
from digest.actions.settling import end_canary, expire_late, look_after_run, settle_run
from digest.models import Delivery, Run
from digest.streams import WEEKLY
from mail.claims import sweep

_LOCK: Final = 0x57454B4C  # pg advisory lock: one tick at a time


def tick(*, at: datetime) -> bool:
    """Cut, plan, make rows, give bodies, sweep, balance. Returns whether rows wait to be sent; False where another tick runs."""
    with _alone() as first:
        if not first:
            return False
        if any(edition.stream == WEEKLY for edition in cut_due_editions(at=at)):
            settle_paces(at=at)
        plan_runs(at=at)
        for run in _runs("planned", "materialising"):
            materialise(run)
        if any(Delivery.objects.filter(run=run, state="pending", body=None).count() > BATCH for run in _runs("rendering")):
            wake_on_commit("digest.bodies")  # enough for two
        give_waiting_bodies(at=at)
        sweep(Delivery.objects.all(), at=at, expire_after=timedelta(hours=settings.WEEKLY_EXPIRES_HOURS))
        expire_late(at=at)
        reconcile_uncertain(at=at)
        for run in _runs(*Run.GOING_OUT):
            look_after_run(run, at=at)
        for run in _runs("canary"):
            end_canary(run, at=at)
        for run in _runs("sending", "draining"):
            settle_run(run, at=at)
        return rows_wait(at=at)


def give_waiting_bodies(*, at: datetime) -> bool:
    """To the rows of the runs that are being prepared; safe beside a tick. Whether one goes out now."""
    went_out = False
    for run in _runs("rendering"):
        give_bodies(run, at=at)
        run.refresh_from_db(fields=["state"])
        went_out = went_out or run.state in Run.GOING_OUT
    return went_out


def rows_wait(*, at: datetime) -> bool:
    """Whether a sender would find anything to do."""
    return any(Delivery.objects.due(at).waiting_in(run).exists() for run in _runs(*Run.GOING_OUT))


def _runs(*states: str) -> list[Run]:
    return list(Run.objects.filter(state__in=states).select_related("edition").order_by("slot", "pk"))


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
