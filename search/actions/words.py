"""The words from which “did you mean” is drawn."""

from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, transaction
from django.db.models import F, Func

from forum.models import Post, Topic

NEWEST_POSTS: Final = 50_000
NEWEST_TITLES: Final = 50_000
OFTEN: Final = 3
"""In so many posts or titles a word must stand: a name that one post lets slip is never offered to anybody."""

_TAKE = """
    WITH told AS (
        SELECT word, ndoc FROM ts_stat(%s)
        WHERE ndoc >= %s AND word ~ '^[a-z][a-z''-]{2,28}[a-z]$'
    ), gone AS (
        DELETE FROM search_word WHERE NOT EXISTS (SELECT 1 FROM told WHERE told.word = search_word.word)
    )
    INSERT INTO search_word (word, times) SELECT word, ndoc FROM told
    ON CONFLICT (word) DO UPDATE SET times = excluded.times WHERE search_word.times <> excluded.times
"""


@transaction.atomic
def refresh_words() -> None:
    """Count the words of the newest posts and titles that a visitor may read; what is no longer among them goes. Words of letters
    only: no number, address or link. Safe to call twice; takes about a second for its most."""
    visitor = AnonymousUser()
    posts = Post.objects.visible_to(visitor).order_by("-pk").values_list(_words("html"))[:NEWEST_POSTS]
    titles = Topic.objects.visible_to(visitor).order_by("-pk").values_list(_words("title"))[:NEWEST_TITLES]
    sql, values = posts.union(titles, all=True).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [connection.ops.compose_sql(sql, values), OFTEN])  # type: ignore[attr-defined]


def _words(column: str) -> Func:
    """As they were written, no stems."""
    return Func(F(column), template="to_tsvector('simple', %(expressions)s)", output_field=SearchVectorField())
