"""Pieces of HTML that are equal for everybody who may see them, kept in the cache: one question to it for a whole page.

Ask only for what the visibility query returned; the key must hold every version that the piece depends on. Nothing is ever
deleted: what is out of date has another key. An empty cache costs time and nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.core.cache import cache
from django.utils.safestring import SafeString

from common.markdown import as_html

KEPT_FOR: Final = 7 * 24 * 3600  # seconds


def fragments(wanted: Mapping[str, Callable[[], str]]) -> Mapping[str, SafeString]:
    """The pieces by key; what is missing is rendered by its own function and kept. Two round trips at most."""
    kept: dict[str, str] = cache.get_many(wanted)
    made = {key: str(render()) for key, render in wanted.items() if key not in kept}
    if made:
        cache.set_many(made, KEPT_FOR)
    return {key: as_html(html) for key, html in (kept | made).items()}
