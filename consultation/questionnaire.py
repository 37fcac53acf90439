"""A questionnaire as plain values: pages of questions, with one spelling that is hashed when it is published."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from questions.definitions import Choice, Definition


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `number` counts from 1."""

    number: int
    key: str
    title: str
    intro: str
    questions: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All that is asked, in order. `options` are what was put to the members, as they stood."""

    sheets: tuple[Sheet, ...]
    options: tuple[dict[str, str], ...] = ()

    @property
    def questions(self) -> tuple[Definition, ...]:
        return tuple(asked for sheet in self.sheets for asked in sheet.questions)

    def sheet(self, number: int) -> Sheet | None:
        """The page of that number, or None."""
        return self.sheets[number - 1] if 1 <= number <= len(self.sheets) else None

    def placed(self) -> Iterator[tuple[Sheet, Definition]]:
        """Each question with the page it stands on."""
        return ((sheet, asked) for sheet in self.sheets for asked in sheet.questions)

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, and `of` reads."""
        return {"pages": [_sheet(sheet) for sheet in self.sheets], "options": list(self.options)}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        sheets = (
            Sheet(number, page["key"], page["title"], page["intro"], tuple(_definition(asked) for asked in page["questions"]))
            for number, page in enumerate(told["pages"], start=1)
        )
        return cls(tuple(sheets), tuple(told["options"]))


def digest(told: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the JSON with sorted keys and no spaces, in UTF-8."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "key": sheet.key,
        "title": sheet.title,
        "intro": sheet.intro,
        "questions": [_question(asked) for asked in sheet.questions],
    }


def _question(asked: Definition) -> dict[str, Any]:
    """What was not there in the first versions stands here only where it is set, so that their digests stay."""
    return {
        "key": asked.key,
        "kind": asked.kind,
        "text": asked.text,
        "hint": asked.hint,
        "required": asked.required,
        "longest": asked.longest,
        "choices": [[choice.key, choice.label, choice.letter, choice.note] for choice in asked.choices],
    } | ({"settings": dict(asked.settings)} if asked.settings else {})


def _definition(told: dict[str, Any]) -> Definition:
    return Definition(
        key=told["key"],
        kind=told["kind"],
        text=told["text"],
        hint=told["hint"],
        required=told["required"],
        longest=told["longest"],
        choices=tuple(Choice(*choice) for choice in told["choices"]),
        settings=told.get("settings", {}),
    )
