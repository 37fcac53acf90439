"""Rights and facts follow the register: for one account or for all that have a line, by the same statements."""

from datetime import datetime
from typing import Final

from django.db import connection

from accounts.models.facts import OFFICIAL

_OF: Final = "member.user_id IS NOT NULL AND (%(user)s::bigint IS NULL OR member.user_id = %(user)s)"
_STANDS: Final = "(member.ended_at IS NULL AND (member.ends_at IS NULL OR member.ends_at > %(at)s))"
_HELD: Final = "held.user_id = member.user_id AND held.role = 'member' AND held.revoked_at IS NULL"

_END: Final = f"""
    UPDATE accounts_rolegrant held SET revoked_at = %(at)s, revoked_by_id = %(by)s
    FROM accounts_membership member
    WHERE {_OF} AND {_HELD} AND NOT {_STANDS} AND (held.ends_at IS NULL OR held.ends_at > %(at)s)
    RETURNING held.user_id
"""
_CLOSE: Final = f"""
    UPDATE accounts_rolegrant held SET revoked_at = held.ends_at
    FROM accounts_membership member WHERE {_OF} AND {_HELD} AND {_STANDS} AND held.ends_at <= %(at)s
"""
_MOVE: Final = f"""
    UPDATE accounts_rolegrant held SET ends_at = member.ends_at
    FROM accounts_membership member
    WHERE {_OF} AND {_HELD} AND {_STANDS} AND held.ends_at IS DISTINCT FROM member.ends_at
        AND (member.ends_at IS NULL OR member.ends_at > held.granted_at)
"""
_GRANT: Final = f"""
    INSERT INTO accounts_rolegrant (user_id, role, granted_at, granted_by_id, ends_at)
    SELECT member.user_id, 'member', %(at)s, %(by)s, member.ends_at
    FROM accounts_membership member JOIN accounts_user person ON person.id = member.user_id AND person.is_active
    WHERE {_OF} AND {_STANDS} AND NOT EXISTS (SELECT 1 FROM accounts_rolegrant held WHERE {_HELD})
    RETURNING user_id
"""


def _from_register(name: str) -> str:
    return f"coalesce(facts.sources -> '{name}' ->> 'source', '') = 'register'"


def _value(name: str) -> str:
    """The register's word where it has one; nothing where it had one and has no more; else what stands there."""
    return f"CASE WHEN member.{name} <> '' THEN member.{name} WHEN {_from_register(name)} THEN '' ELSE facts.{name} END"


def _source(name: str) -> str:
    """Where the field is from, since when: kept where nothing changed."""
    return f"""CASE WHEN member.{name} = '' THEN
            CASE WHEN {_from_register(name)} THEN '{{}}'::jsonb
                ELSE jsonb_strip_nulls(jsonb_build_object('{name}', facts.sources -> '{name}')) END
        WHEN {_from_register(name)} AND facts.{name} = member.{name} THEN jsonb_build_object('{name}', facts.sources -> '{name}')
        ELSE jsonb_build_object('{name}', %(source)s::jsonb) END"""


_BEGIN_FACTS: Final = f"""
    INSERT INTO accounts_facts
        (user_id, job, nation, list_size, years, grade, region, bio, interests, sources, audience, updated_at)
    SELECT member.user_id, '', '', '', '', '', '', '', '', '{{}}', '{{}}', %(at)s
    FROM accounts_membership member WHERE {_OF} ON CONFLICT (user_id) DO NOTHING
"""
_WRITE_FACTS: Final = f"""
    UPDATE accounts_facts facts SET
        {", ".join(f"{name} = {_value(name)}" for name in OFFICIAL)},
        sources = (facts.sources - ARRAY[{", ".join(f"'{name}'" for name in OFFICIAL)}])
            || {" || ".join(f"({_source(name)})" for name in OFFICIAL)},
        updated_at = %(at)s
    FROM accounts_membership member
    WHERE {_OF} AND member.user_id = facts.user_id AND ({" OR ".join(
        f"(member.{name} <> '' AND (facts.{name} <> member.{name} OR NOT {_from_register(name)})) "
        f"OR (member.{name} = '' AND {_from_register(name)})" for name in OFFICIAL)})
    RETURNING facts.user_id
"""  # fmt: skip
_WORKS_AT: Final = f"""
    UPDATE accounts_facts facts SET practices = array_append(array_remove(facts.practices, member.practice), member.practice)
    FROM accounts_membership member
    WHERE {_OF} AND member.user_id = facts.user_id AND member.practice <> ''
        AND facts.practices[cardinality(facts.practices)] IS DISTINCT FROM member.practice
"""
"""The register's practice is where they work now; what they said or it said before still keeps from them what is kept from it."""
_BUMP: Final = "UPDATE accounts_user SET card_version = card_version + 1 WHERE id = ANY(%(people)s)"


def align_rights(*, at: datetime, by: int | None, user: int | None = None) -> dict[str, int]:
    """Give, move and end the member role, and write the facts, as the register's lines say; of one account (`user`) or of all.
    Only what differs is written, and only those cards are drawn anew. Returns `granted`, `ended`, `facts`. Part of the running
    transaction; no other role is touched."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT jsonb_build_object('source', 'register', 'at', %s::text, 'by', %s::bigint)::text", [at.isoformat(), by]
        )
        told = {"at": at, "by": by, "user": user, "source": cursor.fetchone()[0]}
        ended = _people(cursor, _END, told)
        cursor.execute(_CLOSE, told)
        cursor.execute(_MOVE, told)
        granted = _people(cursor, _GRANT, told)
        cursor.execute(_BEGIN_FACTS, told)
        facts = _people(cursor, _WRITE_FACTS, told)
        cursor.execute(_WORKS_AT, told)
        cursor.execute(_BUMP, {"people": sorted({*ended, *granted, *facts})})
    return {"granted": len(granted), "ended": len(ended), "facts": len(facts)}


def _people(cursor: object, statement: str, told: dict[str, object]) -> list[int]:
    cursor.execute(statement, told)  # type: ignore[attr-defined]
    return [row[0] for row in cursor.fetchall()]  # type: ignore[attr-defined]
