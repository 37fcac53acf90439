"""Pieces of HTML that are equal for everybody who may see them, kept in the cache: one question to it for a whole page.

Ask only for what the visibility query returned; the key must hold every version that the piece depends on. Nothing is ever
deleted: what is out of date has another key. An empty cache costs time and nothing else.
"""

from collections.abc import Callable, Mapping
from functools import cache as cache_of_functions
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString

from common.errors import NotTheSame
from common.markdown import as_html

KEPT_FOR: Final = 7 * 24 * 3600  # seconds
AT_HAND: Final = 200
"""So many large pieces (50 KB) are also kept in the process; then it begins anew."""
_AT_HAND: Final[dict[str, SafeString]] = {}


def fragments(wanted: Mapping[str, Callable[[], str]]) -> Mapping[str, SafeString]:
    """The pieces by key; what is missing is rendered by its own function and kept. Two round trips at most. Raises NotTheSame
    where settings.KEPT_IS_COMPARED, as in tests."""
    kept: dict[str, str] = cache.get_many(wanted)
    made = {key: str(render()) for key, render in wanted.items() if key not in kept}
    if made:
        cache.set_many(made, KEPT_FOR)
    if settings.KEPT_IS_COMPARED:
        for key, html in kept.items():
            if html != (now := str(wanted[key]())):
                raise NotTheSame(f"{key}\n{html}\nwould be\n{now}")
    return {key: as_html(html) for key, html in (kept | made).items()}


def kept_fragment(key: str, *, again: Callable[[], str]) -> SafeString | None:
    """The one piece of this key, or None; what was asked for lately is at hand without a round trip. `again` draws it where
    settings.KEPT_IS_COMPARED; raises NotTheSame as `fragments`."""
    kept: str | None = _AT_HAND.get(key) or cache.get(key)
    if kept is None:
        return None
    if settings.KEPT_IS_COMPARED and kept != (now := str(again())):
        raise NotTheSame(f"{key}\n{kept}\nwould be\n{now}")
    return _at_hand(key, kept)


def keep_fragment(key: str, html: str) -> SafeString:
    """Keep a piece that was drawn; returns it."""
    cache.set(key, str(html), KEPT_FOR)
    return _at_hand(key, html)


def _at_hand(key: str, html: str) -> SafeString:
    if len(_AT_HAND) >= AT_HAND:
        _AT_HAND.clear()
    return _AT_HAND.setdefault(key, as_html(html))


@cache_of_functions
def version_of(*templates: str) -> str:
    """Names what these templates say, so that a piece which an earlier release drew is not shown by the next."""
    sources = "\0".join(get_template(name).template.source for name in templates)  # type: ignore[attr-defined]
    return sha256(sources.encode()).hexdigest()[:8]
