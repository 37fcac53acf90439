"""What a page costs, counted in statements."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def statements(url: str, client: Client, *, cold: bool = True) -> list[str]:
    """The SQL of one GET that answers 200, with an empty cache or with one that the same GET has filled."""
    cache.clear()
    if not cold:
        client.get(url)
    with CaptureQueriesContext(connection) as told:
        response = client.get(url)
    assert response.status_code == 200, f"{url}: {response.status_code}"
    return [query["sql"] for query in told if "SAVEPOINT" not in query["sql"]]


def assert_queries_do_not_grow(url: str, client: Client, *, add_rows: Callable[[], object], at_most: int | None = None) -> int:
    """The page costs as many statements before `add_rows` as after it, cold and warm; returns the cold count."""
    before = {cold: statements(url, client, cold=cold) for cold in (True, False)}
    add_rows()
    for cold in (True, False):
        after = statements(url, client, cold=cold)
        told = "\n".join(after)
        assert len(after) <= len(before[cold]), f"{url} grew from {len(before[cold])} to {len(after)}:\n{told}"
        assert at_most is None or len(after) <= at_most, f"{url} costs {len(after)}, more than {at_most}:\n{told}"
    return len(before[True])
