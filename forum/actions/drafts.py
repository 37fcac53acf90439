"""Keeping what is half written."""

from datetime import datetime
from typing import Final

from django.db import connection

from accounts.models import User
from forum.models import Draft

MOST: Final = 60_000  # more than can be posted: a text that is too long must not be lost while it is cut

_SAVE = """
INSERT INTO forum_draft (user_id, key, sequence, title, body, parent_number, saved_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, key) DO UPDATE SET sequence = EXCLUDED.sequence, title = EXCLUDED.title, body = EXCLUDED.body,
parent_number = EXCLUDED.parent_number, saved_at = EXCLUDED.saved_at
WHERE forum_draft.sequence < EXCLUDED.sequence
"""


def save_draft(
    *, by: User, key: str, sequence: int, body: str, at: datetime, title: str = "", parent_number: int | None = None
) -> bool:
    """Keep this text under the form's key. False where a newer one (a higher `sequence`) is kept already. Nobody but its writer
    ever reads a draft."""
    values: list[int | str | datetime | None] = [
        by.pk,
        key[:80],
        sequence,
        _kept(title, 255),
        _kept(body, MOST),
        parent_number,
        at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, values)
        return bool(cursor.rowcount)


def discard_draft(*, by: User, key: str) -> None:
    """It was posted, or thrown away."""
    Draft.objects.filter(user=by, key=key).delete()


def _kept(text: str, most: int) -> str:
    return text.replace("\0", "")[:most]
