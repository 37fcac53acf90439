"""The question before publishing: what a text may give away, and whether its writer has looked at it.

A form sends back the keys of what was confirmed (`confirmed`), so what is new is asked about again. Nothing of it is kept or
logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from forum.confidentiality import Finding, findings

AROUND: Final = 40
"""Characters of context to each side."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """A finding in its place: `before` and `after` are the words around it, on one line."""

    finding: Finding
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Guard:
    """What is asked about. `keys` is what the button “I have checked” sends back."""

    points: Sequence[Pointed]
    keys: str

    @property
    def count(self) -> int:
        return len(self.points)


def ask_first(request: HttpRequest, *texts: str) -> Guard | None:
    """What of these texts (title, body, names) nobody has confirmed yet; None where they may be published. Whatever was confirmed
    before stays so."""
    told = [(text, one) for text in texts for one in findings(text, more=settings.CONFIDENTIALITY_PATTERNS)]
    confirmed = {key for sent in request.POST.getlist("confirmed") for key in sent.split(".")}
    asked = list({one.key: Pointed(one, *_around(text, one)) for text, one in told if one.key not in confirmed}.values())
    return Guard(asked, ".".join(sorted({one.key for _, one in told}))) if asked else None


def _around(text: str, one: Finding) -> tuple[str, str]:
    before, after = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
    return _cut(before, at_start=one.start > AROUND), _cut(after, at_end=one.end + AROUND < len(text))


def _cut(words: str, *, at_start: bool = False, at_end: bool = False) -> str:
    """On one line, with its outer white space; a word that was cut through goes."""
    if at_start:
        words = f"… {words.partition(' ')[2]}"
    if at_end:
        words = f"{words.rpartition(' ')[0]} …"
    return " ".join(words.split(" ")).replace("\n", " ")
