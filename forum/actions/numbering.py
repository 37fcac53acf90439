"""Post numbers: dense, given last, in one statement that also takes the topic's row until the transaction ends."""

from typing import Final

from common.handwritten import Handwritten
from forum.models import Topic

_TAKE: Final = Handwritten("""
UPDATE forum_topic SET last_number = last_number + 1
WHERE id = %(topic)s AND category_id = %(category)s AND state = %(state)s
AND locked_at IS NULL AND archived_at IS NULL AND merged_into_id IS NULL
RETURNING last_number
""")


def take_number(topic: Topic) -> int | None:
    """The next number of a topic that is not locked, and stands as it did when it was read: in the same category, in the same
    state; else None. Two who ask at once wait for each other; whoever rolls back gives the number back."""
    rows = _TAKE.run(topic=topic.pk, category=topic.category_id, state=str(topic.state))
    return int(rows[0][0]) if rows else None
