"""Post numbers: dense, given last, in one statement that also takes the topic's row until the transaction ends."""

from django.db import connection

from forum.models import Topic

_TAKE = """
UPDATE forum_topic SET last_number = last_number + 1
WHERE id = %s AND category_id = %s AND state = %s AND locked_at IS NULL AND archived_at IS NULL AND merged_into_id IS NULL
RETURNING last_number
"""


def take_number(topic: Topic) -> int | None:
    """The next number of a topic that is not locked, and stands as it did when it was read: in the same category, in the same
    state; else None. Two who ask at once wait for each other; whoever rolls back gives the number back."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [topic.pk, topic.category_id, topic.state])
        row = cursor.fetchone()
    return int(row[0]) if row else None
