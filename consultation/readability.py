"""How old a reader has to be for a text: the Flesch–Kincaid grade level, pure.

Formula: Kincaid, Fishburne, Rogers, Chissom (1975), Derivation of new readability formulas for Navy enlisted personnel, Research
Branch Report 8-75: 0.39 · words/sentences + 11.8 · syllables/words − 15.59. A grade is a school year of the United States, begun
five years after birth plus the grade. Syllables are counted by groups of vowels, as machines do: right to about one in ten, good
enough to tell a hard question from a plain one, and no more.
"""

import re
from dataclasses import dataclass
from typing import Final

PLAIN_AGE: Final = 14
"""What readers of that age understand, nearly everybody does."""

_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_END: Final = re.compile(r"[.!?]+(?:\s|$)|\n+")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_SILENT: Final = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouysxz]es)$")


@dataclass(frozen=True, slots=True)
class Readability:
    """`age` is None for a text of fewer than `FEWEST` words: the formula says nothing about one line."""

    words: int
    sentences: int
    syllables: int

    @property
    def grade(self) -> float:
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def age(self) -> int | None:
        return None if self.words < FEWEST else max(5, round(self.grade + 5))


FEWEST: Final = 8


def read_age(text: str) -> Readability:
    """Counts of a text. A text without a word has one of everything, so that nothing is divided by nought."""
    words = _WORD.findall(text)
    sentences = sum(1 for part in _END.split(text) if _WORD.search(part))
    return Readability(len(words) or 1, sentences or 1, sum(map(syllables, words)) or 1)


def syllables(word: str) -> int:
    """At least one."""
    plain = word.lower().replace("’", "'").split("'")[0]
    groups = len(_VOWELS.findall(plain))
    return max(1, groups - (1 if groups > 1 and _SILENT.search(plain) else 0))
