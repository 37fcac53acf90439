"""What a worker does with a register: the dry run, and the apply. One at a time, safe to be killed at any moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from accounts.actions.register import StaleRegister, refuse_if_stale
from accounts.models import RegisterPiece, RegisterRow, RegisterRun
from accounts.register.reading import NotARegister
from accounts.staging.applying import write_lines
from accounts.staging.comparing import compare
from accounts.staging.loading import load_rows
from accounts.staging.rights import align_rights
from common import audit

_LOCK: Final = 0x52454749  # pg advisory lock: one register at a time
KEPT_FOR: Final = timedelta(days=30)
"""How long what a file said of people stays after it came; the counts stay for ever."""
State = RegisterRun.State


def work_on_registers(*, clock: Callable[[], datetime]) -> int:
    """Check and apply what waits. Returns how many runs were worked on; 0 also where another worker is at it. A run whose
    worker died is begun afresh: nothing of it had happened."""
    done = 0
    with _alone(wait=False) as ours:
        while ours and (run := RegisterRun.objects.waiting().order_by("pk").first()) is not None:
            carry_out = check_register if run.state == State.CHECKING else apply_register
            carry_out(run, at=clock())
            done += 1
    forget_old_lines(at=clock())
    return done


def finish_register(run: RegisterRun, *, clock: Callable[[], datetime]) -> RegisterRun:
    """Check or apply this run here and now, after whoever is at one; where a worker was faster there is nothing left to do."""
    with _alone(wait=True):
        run = RegisterRun.objects.get(pk=run.pk)
        if run.state == State.CHECKING:
            check_register(run, at=clock())
        elif run.state == State.APPLYING:
            apply_register(run, at=clock())
    return RegisterRun.objects.get(pk=run.pk)


def check_register(run: RegisterRun, *, at: datetime) -> RegisterRun:
    """The dry run: read every line, say what it would do, change nothing. A file that cannot be read to its end is refused."""
    run = RegisterRun.objects.select_related("mapping").get(pk=run.pk)
    try:
        load_rows(run, progress=lambda lines, size: _tell(run, lines_read=lines, bytes_read=size))
    except NotARegister as problem:
        RegisterRow.objects.filter(run=run).delete()
        _tell(run, state=State.REFUSED, problem=str(problem)[:300])
        return run
    with transaction.atomic():
        counts = compare(run, at=at)
        last = RegisterRun.objects.applied().values_list("pk", flat=True).first()
        _tell(run, state=State.CHECKED, counts=counts, checked_at=at, based_on_id=last)
    return run


def apply_register(run: RegisterRun, *, at: datetime) -> RegisterRun:
    """Do what the dry run showed, all or nothing. Refused, with the reason on the run's page, where it is stale."""
    with transaction.atomic():
        run = RegisterRun.objects.select_for_update().get(pk=run.pk)
        if run.state != State.APPLYING:
            return run
        _wait_for_the_others()
        try:
            refuse_if_stale(run)
        except StaleRegister as stale:
            _tell(run, state=State.CHECKED, problem=str(stale), approved_at=None, approved_by_id=None)
            return run
        written = write_lines(run, by=run.approved_by_id, at=at)
        rights = align_rights(at=at, by=run.approved_by_id)
        did = {"attached": written["attached"], "granted": rights["granted"], "ended": written["ended"] + rights["ended"]}
        _tell(run, state=State.APPLIED, applied_at=at, problem="", counts={**run.counts, **did})
        RegisterPiece.objects.filter(run=run).delete()
        RegisterRow.objects.filter(run=run, outcome=RegisterRow.Outcome.SAME).delete()
        audit.record("register.apply", subject=("register", run.pk), by=run.approved_by_id, at=at, **run.counts)
    return run


def forget_old_lines(*, at: datetime) -> int:
    """Delete what files said of people, KEPT_FOR after they were uploaded; what was never applied is dropped by it."""
    old = RegisterRun.objects.filter(uploaded_at__lt=at - KEPT_FOR).exclude(state__in=[State.CHECKING, State.APPLYING])
    RegisterPiece.objects.filter(run__in=old).delete()
    forgotten, _ = RegisterRow.objects.filter(run__in=old).delete()
    old.filter(state__in=[State.UPLOADED, State.CHECKED]).update(state=State.DROPPED)
    return forgotten


def _tell(run: RegisterRun, **changes: object) -> None:
    RegisterRun.objects.filter(pk=run.pk).update(**changes)
    for name, value in changes.items():
        setattr(run, name, value)


@contextmanager
def _alone(*, wait: bool) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", [_LOCK])
        ours = wait or bool(cursor.fetchone()[0])
        try:
            yield ours
        finally:
            if ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _wait_for_the_others() -> None:
    """Also where two apply by hand at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK + 1])
