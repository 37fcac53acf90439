"""What is asked: a question as plain values, wherever it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Canonical: TypeAlias = str | int | list[Any] | dict[str, Any]
"""An answer in its one spelling, as JSON can hold it: texts, whole numbers, lists and objects of these; never a float, so that
its JSON with sorted keys is the same everywhere. What was left unanswered is None and never stored."""

Given: TypeAlias = str | int | list[Any] | dict[str, Any]
"""An answer as typed: perhaps too long, perhaps contradictory, kept so that nobody types twice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` is what is stored. `letter` is the option's letter where the choices are options, `note` a line below the label."""

    key: str
    label: str
    letter: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What a question is about: where it stands (“Paragraph 3 of …”, and its address here) and its words, in Markdown."""

    label: str
    url: str
    words: str

    def as_dict(self) -> dict[str, str]:
        return {"label": self.label, "url": self.url, "words": self.words}


@dataclass(frozen=True, slots=True)
class Definition:
    """One question. `kind` names its type; `longest` is the limit of a text in characters, 0 where there is no text; `settings`
    are what else its type lets an organiser say, as JSON can hold it, and hold only what was said. `passage` is what it is about,
    shown over it."""

    key: str
    kind: str
    text: str
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    longest: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    passage: Passage | None = None

    @property
    def name(self) -> str:
        """The name of its control in a form."""
        return f"q-{self.key}"

    @property
    def anchor(self) -> str:
        """The id of its group on a page. Ids inside it begin with this and a colon: one and the choice's key for what belongs to
        a choice, two and a word (`::hint`) for what belongs to the question. No key has a colon, so no two are alike."""
        return f"question-{self.key}"

    def part(self, part: str) -> str:
        """The name of one of several controls: a choice's key, or a colon and a word (`:abstain`). No key has a colon, so no
        other question has this name."""
        return f"{self.name}:{part}"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(choice.key for choice in self.choices)

    @property
    def labels(self) -> dict[str, str]:
        return {choice.key: choice.label for choice in self.choices}

    def allows(self, setting: str) -> bool:
        return self.settings.get(setting) is True

    def whole(self, setting: str, otherwise: int = 0) -> int:
        value = self.settings.get(setting)
        return value if isinstance(value, int) and not isinstance(value, bool) else otherwise

    def said(self, setting: str) -> str:
        value = self.settings.get(setting)
        return value if isinstance(value, str) else ""


class InvalidAnswerError(ValueError):
    """The answer cannot be taken. `str()` says to the reader what to do."""
