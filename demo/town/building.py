"""Building a town: part by part, each in a transaction with its line in the ledger, so that a run that was killed goes on."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from django.db import connection, transaction

from demo.town import ledger
from demo.town.copying import set_sequences, table_of
from demo.town.plan import Plan
from demo.town.stages import STAGES
from demo.town.stages.shape import Stage
from demo.town.tables import ANSWERED, TABLES

_LOCK: Final = 0x544F574E  # pg advisory lock: one builder at a time

Progress = Callable[[str, int, int], None]


class NotHere(Exception):
    """The database holds something that is not this town."""


def build_town(plan: Plan, *, progress: Progress = lambda _stage, _part, _of: None) -> None:
    """Build what of the town is not there yet. Safe to call again, after a kill as after the end. `progress` hears of each part
    that stands. Raises NotHere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise NotHere("Another process is building a town in this database.")
        try:
            _build(plan, progress)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _build(plan: Plan, progress: Progress) -> None:
    _found(plan)
    done = ledger.parts_done()
    for stage in STAGES:
        parts = stage.parts(plan)
        for number, ids in enumerate(parts):
            if (stage.name, number) not in done:
                _load(stage, plan, number, ids)
                progress(stage.name, number + 1, len(parts))
    if not ledger.is_finished():
        began = monotonic()
        set_sequences([*TABLES, *ANSWERED])
        with connection.cursor() as cursor:
            for model in (*TABLES, *ANSWERED):
                cursor.execute(f'ANALYZE "{table_of(model)}"')
        ledger.finish(monotonic() - began)
        progress("analyze", 1, 1)


def _found(plan: Plan) -> None:
    """Begin a town in an empty database, or go on with this one."""
    told = ledger.plan_told()
    if told is not None and told != plan.told:
        raise NotHere(f"Another town stands in this database: {told}. Use an empty one, or the same parameters.")
    if told is None:
        full = [table_of(model) for model in (*TABLES, *ANSWERED) if model._default_manager.exists()]
        if full:
            raise NotHere(f"A town is built in an empty database only; there are rows in {', '.join(full)}.")
        with transaction.atomic():
            ledger.open_ledger()
            ledger.begin(plan.told)


def _load(stage: Stage, plan: Plan, number: int, ids: range) -> None:
    began = monotonic()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        rows = dict(stage.load(plan, ids))
        ledger.note(stage.name, number, rows=rows, seconds=monotonic() - began)
