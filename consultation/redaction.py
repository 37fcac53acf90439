"""Taking words out of what somebody wrote, before others read it. The text itself never changes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

CATEGORIES: Final = {
    "patient": "about a patient",
    "personal": "personal data",
    "third": "names somebody else",
    "legal": "may not be published by law",
    "abuse": "abusive",
}
"""Why something is taken out, in the words that stand in its place."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, and why they are taken out: by which of CATEGORIES, which everybody reads in their
    place, and in a sentence (`reason`) to their writer."""

    start: int
    end: int
    category: str
    reason: str = ""


class NotInTheText(ValueError):
    """The words to be taken out do not stand there. `words` are they."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def spans_of(text: str, words: str, category: str, reason: str = "") -> list[Span]:
    """Every place where exactly these words stand, none overlapping the one before. Raises NotInTheText where there is none, and
    for words that are empty."""
    found, at = [], text.find(words) if words else -1
    while at >= 0:
        found.append(Span(at, at + len(words), category, reason))
        at = text.find(words, at + len(words))
    if not found:
        raise NotInTheText(words)
    return found


def joined(spans: Iterable[Span]) -> list[Span]:
    """In the order of the text; what overlaps or touches becomes one, under the category of the first and the reasons of
    all."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if found and span.start <= found[-1].end:
            reasons = dict.fromkeys(filter(None, (found[-1].reason, span.reason)))
            found[-1] = replace(found[-1], end=max(found[-1].end, span.end), reason=" ".join(reasons))
        else:
            found.append(span)
    return found


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with a remark where something was taken out: “[taken out: personal data]”. Raises IndexError for a span that is
    not within the text, or empty."""
    parts, at = [], 0
    for span in joined(spans):
        if not 0 <= span.start < span.end <= len(text):
            raise IndexError(f"{span} is not within {len(text)} characters")
        parts += [text[at : span.start], f"[taken out: {CATEGORIES[span.category]}]"]
        at = span.end
    return "".join([*parts, text[at:]])
