"""A consultation's text as a file holds it: what is written, and nothing of who answered. Format `plenary-consultation`,
version 1; `schema.json` beside this module says the same to other programs."""

from dataclasses import dataclass, field
from typing import Any, Final

from consultation.paths.conditions import Condition
from questions.definitions import Passage

FORMAT: Final = "plenary-consultation"
VERSION: Final = 1
LARGEST: Final = 1_000_000
"""Bytes that a file may have."""
MOST_PAGES: Final = 60
MOST_QUESTIONS: Final = 200
MOST_CHOICES: Final = 60
MOST_OPTIONS: Final = 26
IDENTITIES: Final = ("named", "confidential", "detached")
REASONS: Final = ("single_option_reason", "no_documents_reason", "none_discarded_reason")
"""Why something that a fair consultation has is not there."""
LIMITS: Final = {"title": 150, "lede": 500, "asked_by": 120, "contact": 200, **dict.fromkeys(REASONS, 500)}
"""The longest texts, in characters."""
LONG: Final = 50_000


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    key: str
    kind: str
    text: str
    hint: str = ""
    required: bool = False
    offers_options: bool = False
    longest: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    when: Condition | None = None
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class WrittenPage:
    key: str
    title: str
    intro: str = ""
    when: Condition | None = None
    questions: tuple[WrittenQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """`details` are what `write_consultation` takes; `options`, `discarded` and `documents` what their actions take. `audience`
    is who may answer, without what is this site's alone: a group, a list of names. `faq` are questions with answers. `left_out`
    are sentences about what the file had and this site has not."""

    details: dict[str, Any] = field(default_factory=dict)
    options: tuple[dict[str, str], ...] = ()
    discarded: tuple[dict[str, str], ...] = ()
    documents: tuple[dict[str, str], ...] = ()
    pages: tuple[WrittenPage, ...] = ()
    audience: dict[str, Any] = field(default_factory=dict)
    faq: tuple[dict[str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def question_count(self) -> int:
        return sum(len(page.questions) for page in self.pages)


class BadFileError(ValueError):
    """It cannot be read; `str()` names the place and what was expected there."""
