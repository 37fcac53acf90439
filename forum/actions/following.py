"""Following without having chosen to: by starting a topic, by answering in one, by being named. What somebody chose stays."""

from datetime import datetime
from typing import Final

from django.db import connection

from accounts.models import User
from common.html_reading import read_html
from forum.models import Because, Level, Post, Topic, TopicMember

MOST_NAMED: Final = 50

_NAMED: Final = """
INSERT INTO forum_topicmember (user_id, topic_id, last_read, level, because)
SELECT person.id, %(topic)s, 0, 'tracking', 'named' FROM accounts_user person
WHERE handle = ANY(%(handles)s) AND is_active AND person.id IS DISTINCT FROM %(author)s AND NOT EXISTS (
    SELECT FROM forum_categorymember mine JOIN forum_topic topic ON topic.category_id = mine.category_id
    WHERE topic.id = %(topic)s AND mine.user_id = person.id AND mine.level = 'muted'
)
ON CONFLICT (user_id, topic_id) DO UPDATE SET level = 'tracking', because = 'named'
WHERE forum_topicmember.level = 'normal' AND forum_topicmember.because = ''
"""


def follow_by_starting(topic: Topic, *, by: User, at: datetime) -> None:
    """Whoever starts a topic follows it, and has read what they wrote."""
    TopicMember.objects.create(user=by, topic=topic, last_read=1, read_at=at, level=Level.TRACKING, because=Because.STARTED)


def follow_by_being_named(post: Post) -> None:
    """Whoever is named has the topic counted from then on, unless they decided something about it before or muted its
    category. No statement where nobody is. A persona's own handle counts as anybody's: nothing here knows whose a persona is.
    What is kept from a practice changes nothing for anybody: who may not see it must not learn that it names them."""
    named = read_html(post.html).mentions[:MOST_NAMED] if "@" in post.html and not _is_kept(post) else []
    if named:
        values: dict[str, int | list[str] | None] = {"topic": post.topic_id, "handles": named, "author": post.author_id}
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, values)


def _is_kept(post: Post) -> bool:
    return post.kept_from is not None or post.topic.kept_from is not None
