"""What a file would do: each line's outcome, and a line for each member whom it does not name."""

from datetime import datetime
from typing import Final

from django.db import connection

from accounts.models import RegisterRun

FACTS: Final = ("email", "name", "grade", "nation", "region", "list_size", "job", "years", "practice")
"""What is taken over from a line as it stands there."""

_TWICE: Final = """
    UPDATE accounts_registerrow row SET outcome = 'fault', faults = faults || jsonb_build_array(jsonb_build_object(
        'field', 'number', 'column', %(column)s::text, 'value', row.number,
        'sentence', %(column)s::text || ': “' || row.number || '” stands on more than one line, first on line ' || twice.first
            || '. Leave one.'))
    FROM (SELECT number, min(line) AS first FROM accounts_registerrow WHERE run_id = %(run)s AND number <> ''
          GROUP BY number HAVING count(*) > 1) twice
    WHERE row.run_id = %(run)s AND row.number = twice.number
"""
_LAPSED_IS: Final = "(row.lapsed OR (row.tells_end AND row.ends_at <= %(at)s))"
_STANDS: Final = "(member.ended_at IS NULL AND (member.ends_at IS NULL OR member.ends_at > %(at)s))"


def _changed(name: str) -> str:
    """One entry of `changes`, or NULL where the field stays."""
    return (
        f"'{name}', CASE WHEN coalesce(row.{name}, member.{name}) <> member.{name} "
        f"THEN jsonb_build_array(member.{name}, row.{name}) END"
    )


def _day(moment: str) -> str:
    """The last paid day of an end that is a London midnight."""
    return f"to_char(({moment} AT TIME ZONE 'Europe/London') - interval '1 day', 'YYYY-MM-DD')"


_COMPARE: Final = f"""
    UPDATE accounts_registerrow row SET
        changes = told.changes,
        outcome = CASE
            WHEN told.is_new AND told.lapsed THEN 'same'
            WHEN told.is_new THEN 'join'
            WHEN told.lapsed AND told.stood THEN 'lapse'
            WHEN told.lapsed THEN 'same'
            WHEN NOT told.stood THEN 'join'
            WHEN told.changes <> '{{}}' THEN 'change'
            ELSE 'same' END
    FROM (
        SELECT row.id, member.id IS NULL AS is_new, {_LAPSED_IS} AS lapsed, coalesce({_STANDS}, false) AS stood,
            CASE WHEN member.id IS NULL THEN '{{}}'::jsonb ELSE jsonb_strip_nulls(jsonb_build_object(
                {", ".join(map(_changed, FACTS))},
                'ends_on', CASE WHEN row.tells_end AND row.ends_at IS DISTINCT FROM member.ends_at
                    THEN jsonb_build_array(coalesce({_day("member.ends_at")}, ''), coalesce({_day("row.ends_at")}, '')) END
            )) END AS changes
        FROM accounts_registerrow row LEFT JOIN accounts_membership member ON member.number = row.number
        WHERE row.run_id = %(run)s AND row.outcome = ''
    ) told
    WHERE row.id = told.id
"""
_MISSING: Final = f"""
    INSERT INTO accounts_registerrow (run_id, outcome, number, email, name, tells_end, lapsed, faults, changes)
    SELECT %(run)s, 'lapse', member.number, member.email, member.name, false, true, '[]', '{{}}'
    FROM accounts_membership member
    WHERE {_STANDS}
        AND NOT EXISTS (SELECT 1 FROM accounts_registerrow row WHERE row.run_id = %(run)s AND row.number = member.number)
        AND NOT EXISTS (SELECT 1 FROM accounts_registerrow row
            WHERE row.run_id = %(run)s AND row.outcome = 'fault' AND row.email = member.email AND member.email <> '')
    ORDER BY member.number
"""
_UNLISTED: Final = """
    INSERT INTO accounts_registerrow (run_id, outcome, number, email, name, user_id, tells_end, lapsed, faults, changes)
    SELECT %(run)s, 'unlisted', '', person.email, person.display_name, person.id, false, true, '[]', '{}'
    FROM accounts_user person
    JOIN accounts_rolegrant held ON held.user_id = person.id AND held.role = 'member' AND held.revoked_at IS NULL
        AND (held.ends_at IS NULL OR held.ends_at > %(at)s)
    WHERE NOT EXISTS (SELECT 1 FROM accounts_membership member WHERE member.user_id = person.id)
        AND NOT EXISTS (SELECT 1 FROM accounts_registerrow row WHERE row.run_id = %(run)s AND row.email = person.email
            AND (row.outcome = 'fault' OR NOT row.lapsed))
    ORDER BY person.id
"""
_COUNTS: Final = "SELECT outcome, count(*) FROM accounts_registerrow WHERE run_id = %(run)s GROUP BY outcome"
_STANDING: Final = f"""
    SELECT (SELECT count(*) FROM accounts_membership member WHERE {_STANDS})
        + (SELECT count(*) FROM accounts_registerrow WHERE run_id = %(run)s AND outcome = 'unlisted')
"""
_NAMES: Final = {
    "join": "joins",
    "change": "changes",
    "lapse": "lapses",
    "unlisted": "unlisted",
    "same": "same",
    "fault": "faults",
}


def join_by_set() -> None:
    """For the rest of the running transaction no nested loops: the planner knows little of rows that were written a moment
    ago, and a wrong guess costs minutes with 150,000 lines."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


def compare(run: RegisterRun, *, at: datetime) -> dict[str, int]:
    """Give every staged line its outcome and add the lapses. Returns how many of each, and `standing`: how many members there
    are before. Part of the running transaction."""
    assert run.mapping is not None
    column = run.header[run.mapping.columns["number"]]
    told = {"run": run.pk, "at": at, "column": column}
    join_by_set()
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, told)
        cursor.execute("ANALYZE accounts_registerrow")
        cursor.execute(_COMPARE, told)
        if run.is_whole:
            cursor.execute(_MISSING, told)
            cursor.execute(_UNLISTED, told)
        cursor.execute(_COUNTS, told)
        counts = dict.fromkeys(_NAMES.values(), 0) | {_NAMES[outcome]: count for outcome, count in cursor.fetchall()}
        cursor.execute(_STANDING, told)
        return counts | {"standing": cursor.fetchone()[0]}
