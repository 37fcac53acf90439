"""“Did you mean”: drawn from words that stand in public alone."""

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from forum.models import Post, Topic
from search.language import Asked, tokens
from search.readers.matching import query_of

MOST_WORDS = 6

_NEAREST = """
    SELECT asked.word, (
        SELECT near.word FROM search_word AS near WHERE near.word %% asked.word
        ORDER BY similarity(near.word, asked.word) DESC, near.times DESC, near.word LIMIT 1
    )
    FROM unnest(%s::text[]) WITH ORDINALITY AS asked(word, place)
    WHERE NOT EXISTS (SELECT 1 FROM search_word AS known WHERE known.word = asked.word)
    ORDER BY asked.place
"""


def did_you_mean(asked: Asked) -> str:
    """The search text with words that nobody used put right; empty where there is nothing better. Two statements.

    The second asks whether a visitor would find anything with it now: a word whose last public place was taken down since the
    words were counted is not offered.
    """
    doubtful = [token.lower() for token in tokens(asked.text) if token.isalpha() and token.lower() != "or" and len(token) > 3]
    if not doubtful:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [doubtful[:MOST_WORDS]])
        better = {word: near for word, near in cursor.fetchall() if near}
    if not better:
        return ""
    text = " ".join(better.get(token.lower(), token) for token in tokens(asked.text))
    return text if _stands_in_public(text) else ""


def _stands_in_public(text: str) -> bool:
    query, visitor = query_of(text), AnonymousUser()
    posts = Post.objects.visible_to(visitor).filter(search=query).values("pk")
    titles = Topic.objects.visible_to(visitor).filter(search=query).values("pk")
    return bool(posts[:1].union(titles[:1]))
