"""A questionnaire as plain values: pages of questions, with one spelling that is hashed when it is published."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from consultation.paths.conditions import Condition, as_json, condition_of
from questions.definitions import Choice, Definition, Passage


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `number` counts from 1. It is asked where `when` holds, each question of it where its own in `whens` does, by
    question key; no condition always holds."""

    number: int
    key: str
    title: str
    intro: str
    questions: tuple[Definition, ...]
    when: Condition | None = None
    whens: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All that is asked, in order. `options` are what was put to the members, as they stood."""

    sheets: tuple[Sheet, ...]
    options: tuple[dict[str, str], ...] = ()

    @property
    def questions(self) -> tuple[Definition, ...]:
        return tuple(asked for sheet in self.sheets for asked in sheet.questions)

    @property
    def conditions(self) -> Iterator[Condition]:
        """Of pages and questions, in order."""
        for sheet in self.sheets:
            yield from [sheet.when] if sheet.when is not None else []
            yield from (sheet.whens[asked.key] for asked in sheet.questions if asked.key in sheet.whens)

    @property
    def numbers(self) -> dict[str, int]:
        """Each question's number, from 1, by its key."""
        return {asked.key: number for number, asked in enumerate(self.questions, start=1)}

    def sheet(self, number: int) -> Sheet | None:
        """The page of that number, or None."""
        return self.sheets[number - 1] if 1 <= number <= len(self.sheets) else None

    def placed(self) -> Iterator[tuple[Sheet, Definition]]:
        """Each question with the page it stands on."""
        return ((sheet, asked) for sheet in self.sheets for asked in sheet.questions)

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, and `of` reads. What came later than the first version of this shape stands in it only where it is
        set, so that what was published before has the digest it had."""
        return {"pages": [_sheet(sheet) for sheet in self.sheets], "options": list(self.options)}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        sheets = (
            Sheet(
                number=number,
                key=page["key"],
                title=page["title"],
                intro=page["intro"],
                questions=tuple(_definition(asked) for asked in page["questions"]),
                when=_when(page),
                whens={asked["key"]: condition_of(asked["when"]) for asked in page["questions"] if asked.get("when")},
            )
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
        "questions": [_question(asked) | _told(sheet.whens.get(asked.key)) for asked in sheet.questions],
    } | _told(sheet.when)


def _told(when: Condition | None) -> dict[str, Any]:
    return {} if when is None else {"when": as_json(when)}


def _when(told: Mapping[str, Any]) -> Condition | None:
    return condition_of(told["when"]) if told.get("when") else None


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
        **({"settings": dict(asked.settings)} if asked.settings else {}),
        **({"passage": asked.passage.as_dict()} if asked.passage else {}),
    }


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
        passage=Passage(**told["passage"]) if told.get("passage") else None,
    )
