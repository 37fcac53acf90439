"""What stands of a town: which one it is, and which parts of it are written. A table of this room's own, made by the command and
by nothing else, so that no other installation has it."""

import json
from collections.abc import Mapping

from django.db import connection

TABLE = "demo_town"
_MAKE = """
CREATE TABLE IF NOT EXISTS demo_town (
    stage text NOT NULL, part integer NOT NULL, told jsonb NOT NULL, seconds double precision NOT NULL, PRIMARY KEY (stage, part)
)
"""
_PLAN = ("plan", 0)
_DONE = ("done", 0)


def open_ledger() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)


def plan_told() -> Mapping[str, object] | None:
    """The parameters of the town that stands or is being built; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [TABLE])
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("SELECT told FROM demo_town WHERE (stage, part) = (%s, %s)", _PLAN)
        row = cursor.fetchone()
    return None if row is None else _read(row[0])


def begin(told: Mapping[str, object]) -> None:
    note(*_PLAN, rows=told, seconds=0)


def note(stage: str, part: int, *, rows: Mapping[str, object], seconds: float) -> None:
    """This part stands. In the transaction that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO demo_town VALUES (%s, %s, %s, %s)", [stage, part, json.dumps(rows), seconds])


def finish(seconds: float) -> None:
    note(*_DONE, rows={}, seconds=seconds)


def is_finished() -> bool:
    return _DONE in parts_done()


def parts_done() -> set[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, part FROM demo_town")
        return set(cursor.fetchall())


def summary() -> tuple[dict[str, int], dict[str, float]]:
    """Rows by table and seconds by stage, over every run."""
    rows: dict[str, int] = {}
    seconds: dict[str, float] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, told, seconds FROM demo_town WHERE stage <> 'plan' ORDER BY stage, part")
        for stage, told, took in cursor.fetchall():
            seconds[stage] = round(seconds.get(stage, 0) + took, 2)
            for table, count in _read(told).items():
                rows[table] = rows.get(table, 0) + int(str(count))
    return rows, seconds


def _read(told: object) -> dict[str, object]:
    found: dict[str, object] = json.loads(told) if isinstance(told, str) else told  # type: ignore[assignment]
    return found
