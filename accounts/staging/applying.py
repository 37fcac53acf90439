"""The lines of a checked register into the books."""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from accounts.models import RegisterRun
from accounts.staging.comparing import FACTS, join_by_set

_JOIN: Final = f"""
    INSERT INTO accounts_membership (number, {", ".join(FACTS)}, ends_at, joined_at, changed_at)
    SELECT number, {", ".join(f"coalesce({name}, '')" for name in FACTS)}, ends_at, %(at)s, %(at)s
    FROM accounts_registerrow WHERE run_id = %(run)s AND outcome = 'join' ORDER BY id
    ON CONFLICT (number) DO NOTHING
"""
_CHANGE: Final = f"""
    UPDATE accounts_membership member SET
        {", ".join(f"{name} = coalesce(row.{name}, member.{name})" for name in FACTS)},
        ends_at = CASE WHEN row.tells_end THEN row.ends_at WHEN member.ends_at <= %(at)s THEN NULL ELSE member.ends_at END,
        joined_at = CASE WHEN row.outcome = 'join' THEN %(at)s ELSE member.joined_at END,
        ended_at = NULL, changed_at = %(at)s
    FROM accounts_registerrow row
    WHERE row.run_id = %(run)s AND row.outcome IN ('join', 'change') AND member.number = row.number
"""
_LAPSE: Final = """
    UPDATE accounts_membership member SET ended_at = %(at)s, changed_at = %(at)s
    FROM accounts_registerrow row
    WHERE row.run_id = %(run)s AND row.outcome = 'lapse' AND member.number = row.number AND member.ended_at IS NULL
"""
_UNLISTED: Final = """
    UPDATE accounts_rolegrant held SET revoked_at = %(at)s, revoked_by_id = %(by)s
    FROM accounts_registerrow row
    WHERE row.run_id = %(run)s AND row.outcome = 'unlisted' AND held.user_id = row.user_id AND held.role = 'member'
        AND held.revoked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM accounts_membership member WHERE member.user_id = row.user_id)
    RETURNING held.user_id
"""
_ATTACH: Final = """
    UPDATE accounts_membership member SET user_id = found.user_id, claimed_at = %(at)s
    FROM (
        SELECT min(line.id) AS id, person.id AS user_id
        FROM accounts_membership line
        JOIN accounts_user person ON person.email = line.email AND person.is_active
        JOIN account_emailaddress address ON address.user_id = person.id AND address.verified
            AND lower(address.email) = line.email
        WHERE line.email <> '' AND line.ended_at IS NULL AND (line.ends_at IS NULL OR line.ends_at > %(at)s)
            AND NOT EXISTS (SELECT 1 FROM accounts_membership other WHERE other.user_id = person.id)
        GROUP BY person.id HAVING count(DISTINCT line.id) = 1
    ) found
    WHERE member.id = found.id AND member.user_id IS NULL
"""
_BUMP: Final = "UPDATE accounts_user SET card_version = card_version + 1 WHERE id = ANY(%(people)s)"


def write_lines(run: RegisterRun, *, by: int | None, at: datetime) -> dict[str, int]:
    """Memberships as the checked lines say, accounts found by their confirmed address, and the end of membership for accounts
    without a line. Rights of those who have a line are `accounts.staging.rights`'s. Part of the running transaction."""
    told: dict[str, Any] = {"run": run.pk, "at": at, "by": by}
    join_by_set()
    with connection.cursor() as cursor:
        for statement in (_CHANGE, _JOIN, _LAPSE):
            cursor.execute(statement, told)
        cursor.execute("ANALYZE accounts_membership")
        cursor.execute(_ATTACH, told)
        attached = cursor.rowcount
        cursor.execute("ANALYZE accounts_membership")
        cursor.execute(_UNLISTED, told)
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(_BUMP, {"people": people})
    return {"attached": attached, "ended": len(people)}
