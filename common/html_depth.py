"""Is a piece of HTML shallow and short enough to be made into a tree? Counted in one pass, without making one.

A parser's work grows with the depth at every tag, and each paragraph opens all unclosed emphasis anew: 20,000 times “>” took
fourteen seconds. Nobody writes like that to be read.
"""

import re
from html import escape
from typing import Final

DEEPEST: Final = 100
"""Elements open at once. Twenty levels of lists and quotations use sixty."""
MOST_EMPHASIS: Final = 20
"""Unclosed `b`, `font` and the like, which every new paragraph repeats."""
LONGEST: Final = 500_000
"""Characters."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_MARK: Final = re.compile(r"<[^<>]*>")
_VOID: Final = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_CLOSE_THEMSELVES: Final = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot"}
_EMPHASIS: Final = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}


def is_bounded(html: str) -> bool:
    """Errs on the side of caution: an end tag counts only where it closes what was opened last."""
    if len(html) > LONGEST:
        return False
    still_open: list[str] = []
    emphasis = 0
    for found in _TAG.finditer(html):
        closes, name = found[1], found[2].lower()
        if name in _VOID or name in _CLOSE_THEMSELVES:
            continue
        if not closes:
            still_open.append(name)
            emphasis += name in _EMPHASIS
            if len(still_open) > DEEPEST or emphasis > MOST_EMPHASIS:
                return False
        elif still_open and still_open[-1] == name:
            still_open.pop()
            emphasis -= name in _EMPHASIS
    return True


def words_of(html: str) -> str:
    """The words between the marks as one paragraph, escaped."""
    return f"<p>{escape(' '.join(_MARK.sub(' ', html[:LONGEST]).split()), quote=False)}</p>"
