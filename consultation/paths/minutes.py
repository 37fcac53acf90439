"""How long answering takes, as a guess that is said before one begins."""

from collections.abc import Iterator, Mapping
from typing import Final

from consultation.questionnaire import Questionnaire
from questions.definitions import Definition

WORDS_A_MINUTE: Final = 200
"""Reading to weigh, not to skim: adults read English non-fiction silently at about 240 words a minute."""
_SECONDS: Final[Mapping[str, int]] = {"long_text": 90, "ranking": 60, "points": 60, "matrix": 60, "file": 60, "short_text": 25}
_OTHERWISE: Final = 12
"""Seconds to make up one's mind and press."""


def minutes_to_answer(questionnaire: Questionnaire) -> int:
    """Whole minutes for everything that is asked, 1 at least: the words that are read, and for each question the time that its
    type takes. Who is asked less takes less."""
    words = sum(len(text.split()) for text in _read(questionnaire))
    deciding = sum(_SECONDS.get(asked.kind, _OTHERWISE) for asked in questionnaire.questions)
    return max(1, round((words * 60 / WORDS_A_MINUTE + deciding) / 60))


def _read(questionnaire: Questionnaire) -> Iterator[str]:
    for sheet in questionnaire.sheets:
        yield from (sheet.title, sheet.intro)
    for asked in questionnaire.questions:
        yield from _read_of(asked)


def _read_of(asked: Definition) -> Iterator[str]:
    yield from (asked.text, asked.hint, asked.passage.words if asked.passage else "")
    for choice in asked.choices:
        yield from (choice.label, choice.note)
