"""Several words for one thing, from `content/synonyms.toml`: pure.

A search is read as alternatives (`or`) of parts that must all be there; a part is a plain run of words, or a term of the
profession with its other names. What stands in quotes or behind a minus is taken at its word.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from search.language import tokens

LONGEST: Final = 6
"""Words in the longest term."""

MOST_TERMS: Final = 8
"""Terms of one search that are widened; the rest is taken at its word."""


@dataclass(frozen=True, slots=True)
class Part:
    """What must be there: `words` as they were typed, or one of `others` in their place."""

    words: str
    others: tuple[str, ...] = ()


def parts_of(text: str) -> list[list[Part]]:
    """The alternatives of a search, each with its parts."""
    alternatives: list[list[Part]] = []
    left = MOST_TERMS
    for run in _alternatives(tokens(text)):
        found = _parts(run, left)
        left -= sum(bool(part.others) for part in found)
        alternatives.append(found)
    return alternatives


def also_looked_for(text: str) -> list[str]:
    """The names that were looked for besides those that were typed, each once."""
    return list(dict.fromkeys(other for parts in parts_of(text) for part in parts for other in part.others))


def positive_words(text: str) -> list[str]:
    """The words that must be there, without marks: those of phrases too."""
    kept = [token for token in tokens(text) if not token.startswith("-") and token.lower() != "or"]
    return " ".join(kept).replace('"', " ").split()


@cache
def vocabulary() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Each term, as its words in lower case, and its other names."""
    groups = tomllib.loads((Path(__file__).parent / "content" / "synonyms.toml").read_text())["groups"]
    return {tuple(term.lower().split()): tuple(other for other in group if other != term) for group in groups for term in group}


def _alternatives(found: Sequence[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for token in found:
        if token.lower() == "or":
            runs.append([])
        else:
            runs[-1].append(token)
    return [run for run in runs if run]


def _parts(run: Sequence[str], left: int) -> list[Part]:
    """Terms with their other names first, then everything else in one piece."""
    terms: list[Part] = []
    rest: list[str] = []
    place = 0
    while place < len(run):
        length = _term_at(run, place) if len(terms) < left else 0
        if length:
            words = run[place : place + length]
            terms.append(Part(" ".join(words), _other_names(words)))
            place += length
        else:
            rest.append(run[place])
            place += 1
    return [*terms, *([Part(" ".join(rest))] if rest else [])]


def _term_at(run: Sequence[str], place: int) -> int:
    """How many words the longest term that begins here has; 0 where none does."""
    lengths = range(min(LONGEST, len(run) - place), 0, -1)
    return next((length for length in lengths if _other_names(run[place : place + length])), 0)


def _other_names(words: Sequence[str]) -> tuple[str, ...]:
    """Of a term, also in the plural: PCNs, fit notes. Nothing where it is none."""
    *first, last = _key(words)
    return vocabulary().get((*first, last), ()) or vocabulary().get((*first, last.removesuffix("s")), ())


def _key(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.lower().strip(".,;:?!") for word in words)
