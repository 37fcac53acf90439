"""A reply and all that changes with it, in one statement of our own, while its topic's row is held and others wait for it.

By the ORM these were five statements, which took longer to put together than to carry out; tests hold that both leave the same
rows. The statement begins when the row is held, so what it reads of the topic is the last word; what it reads of posts is as they
were before this one.
"""

from functools import cache
from typing import Final

from common.handwritten import Handwritten, Inserted, has_come
from forum.models import Because, Level, Post

_POST: Final = Inserted(Post)

_STORE: Final = """
WITH post AS ({insert}),
below AS (
    UPDATE forum_post SET
        reply_count = reply_count + (number = %(parent_number)s)::int,
        descendant_count = descendant_count + (number = %(root_number)s)::int
    WHERE %(is_counted)s AND %(parent_number)s IS NOT NULL
        AND topic_id = %(topic_id)s AND number IN (%(parent_number)s, %(root_number)s)
),
aside AS (
    UPDATE forum_post SET answered_aside = true
    WHERE %(is_aside)s AND topic_id = %(topic_id)s AND number = %(parent_number)s AND NOT answered_aside
),
activity AS (
    UPDATE forum_topicactivity SET
        reply_count = reply_count + 1,
        participant_count = participant_count + CASE
            WHEN %(author_id)s IS NOT NULL THEN NOT EXISTS (
                SELECT FROM forum_post WHERE topic_id = %(topic_id)s AND author_id = %(author_id)s AND {counted}
            )
            ELSE NOT EXISTS (
                SELECT FROM forum_post WHERE topic_id = %(topic_id)s AND persona_id = %(persona_id)s AND {counted}
            )
        END::int,
        last_post_number = %(number)s, last_posted_at = %(created_at)s,
        last_author_id = %(author_id)s, last_persona_id = %(persona_id)s
    WHERE %(is_counted)s AND topic_id = %(topic_id)s
),
follows AS (
    INSERT INTO forum_topicmember AS mine (user_id, topic_id, last_read, read_at, level, because)
    SELECT %(author_id)s, %(topic_id)s, %(number)s, %(created_at)s, '{tracking}', '{replied}'
    WHERE %(author_id)s IS NOT NULL
    ON CONFLICT (user_id, topic_id) DO UPDATE SET
        level = CASE WHEN {untouched} THEN '{tracking}' ELSE mine.level END,
        because = CASE WHEN {untouched} THEN '{replied}' ELSE mine.because END,
        last_read = CASE WHEN mine.last_read = %(number)s - 1 THEN %(number)s ELSE mine.last_read END
)
SELECT id FROM post
"""

_COUNTED: Final = "state = 'published' AND (kept_from IS NULL OR number = 1)"
_UNTOUCHED: Final = f"(mine.level = '{Level.NORMAL.value}' AND mine.because <> '{Because.CHOSEN.value}')"


def store_reply(post: Post) -> None:
    """Puts a new post into its topic, whose row the caller holds. Whoever wrote it under their own name follows the topic from
    then on, unless they chose otherwise, and has read what they wrote; of a persona nothing changes. What everybody there may
    read is counted below its parent and its root, and is the last of its topic; of what waits or is kept from a practice its
    parent only says that it is there. One statement."""
    is_counted = post.state == Post.State.PUBLISHED and not post.is_aside
    ((key,),) = _statement().run(**_POST.values(post), is_counted=is_counted, is_aside=not is_counted)
    has_come(post, key)


@cache
def _statement() -> Handwritten:
    told = {"tracking": Level.TRACKING.value, "replied": Because.REPLIED.value, "untouched": _UNTOUCHED, "counted": _COUNTED}
    return Handwritten(_STORE.format(insert=_POST.text, **told))
