"""An item as HTML and as text, rendered once. The mail writes its styles onto the elements; the web page has its own."""

import textwrap
from functools import lru_cache
from typing import Final

from django.template.loader import render_to_string

from digest.sources.shape import Candidate

WIDTH = 72
_AT_HAND: Final = 2_048
"""What many readers are told of is drawn once for all of them."""


@lru_cache(_AT_HAND)
def fragment_html(found: Candidate) -> str:
    """Safe HTML: a template's, so everything in it is escaped."""
    return render_to_string("digest/_item.html", {"item": found}).strip()


@lru_cache(_AT_HAND)
def fragment_text(found: Candidate) -> str:
    """At most 72 columns; the address on a line of its own, so that it can be clicked anywhere."""
    lines = [title_text(found.title)]
    if found.lede:
        lines.append(_wrapped(found.lede))
    if found.quote:
        lines.append(quote_text(found.quote))
    lines.append(_wrapped(f"{found.facts}. {found.why}" if found.facts and found.why else found.facts or found.why))
    lines.append(f"  {found.url}")
    return "\n".join(lines)


def title_text(title: str) -> str:
    return _wrapped(title, first="* ")


def quote_text(quote: str) -> str:
    return _wrapped(f"“{quote}”")


def line_text(line: str) -> str:
    """A sentence about all that stands above it."""
    return _wrapped(line)


def _wrapped(words: str, *, first: str = "  ") -> str:
    return textwrap.fill(
        words, WIDTH, initial_indent=first, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def forget_fragments() -> None:
    """What was drawn for a run may have to go; nothing of it is at hand when the run is over."""
    fragment_html.cache_clear()
    fragment_text.cache_clear()
