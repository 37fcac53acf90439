"""What a page costs, counted in statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, by whom it is asked for, and how many statements it may cost at most."""

    url: str
    client: Client
    at_most: int | None = None


def assert_queries_do_not_grow(url: str, client: Client, *, add_rows: Callable[[], object], at_most: int | None = None) -> int:
    """The page costs as many statements before `add_rows` as after it, cold and warm; returns the cold count."""
    return assert_no_page_grows([Asked(url, client, at_most)], add_rows=add_rows)[0]


def assert_no_page_grows(pages: Sequence[Asked], *, add_rows: Callable[[], object]) -> list[int]:
    """The same of several pages over the same rows; returns the cold counts."""
    before = [{cold: _within(page, cold=cold) for cold in (True, False)} for page in pages]
    add_rows()
    for page, cost in zip(pages, before, strict=True):
        for cold in (True, False):
            after = _within(page, cold=cold)
            told = "\n".join(after)
            assert len(after) <= len(cost[cold]), f"{page.url} grew from {len(cost[cold])} to {len(after)}:\n{told}"
    return [len(cost[True]) for cost in before]


def _within(page: Asked, *, cold: bool) -> list[str]:
    """Its statements, no more than it may cost."""
    made = statements(page.url, page.client, cold=cold)
    told = "\n".join(made)
    assert page.at_most is None or len(made) <= page.at_most, f"{page.url} costs {len(made)}, more than {page.at_most}:\n{told}"
    return made
