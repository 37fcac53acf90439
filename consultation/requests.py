"""What a page of answers sent: the answers, the button that was pressed, and where it leads."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final, Self, TypedDict, cast
from urllib.parse import urlencode

from django.http import QueryDict

from consultation.models import Response
from consultation.paths.walking import Path
from consultation.questionnaire import Sheet
from questions.checking import check
from questions.definitions import Given, InvalidAnswerError
from questions.kinds import kind_of
from questions.order import STEPS, Step, moved
from questions.ranking import as_typed

_KEY: Final = re.compile(r"[-a-zA-Z0-9_]{1,50}")
Answers = dict[str, Given | None]


class WrittenBy(TypedDict):
    """Which open page sent it, the how-manieth time, and what it knew as kept."""

    writer: str
    sequence: int
    held: dict[str, str]


def read_sheet(sheet: Sheet, posted: Mapping[str, str]) -> Answers:
    """The page's answers as typed, by question key: of the questions that it showed, since what it did not show was not taken
    back; without files, which come by a page of their own."""
    shown = shown_on(sheet, posted)
    there = [asked for asked in sheet.questions if asked.key in shown and not kind_of(asked).stores_files]
    return {asked.key: kind_of(asked).read(asked, posted) for asked in there}


def shown_on(sheet: Sheet, posted: Mapping[str, str]) -> frozenset[str]:
    """The keys of the questions that the page named as shown; all of them where it names none."""
    return frozenset(posted["asked"].split() if "asked" in posted else [asked.key for asked in sheet.questions])


def problems_on(sheet: Sheet, answers: Mapping[str, Given | None], *, only: Container[str]) -> dict[str, str]:
    """What to do before going on, by question key in order; `only` are those that the reader was shown."""
    problems: dict[str, str] = {}
    for asked in sheet.questions:
        if asked.key not in only:
            continue
        try:
            check(asked, answers.get(asked.key))
        except InvalidAnswerError as problem:
            problems[asked.key] = str(problem)
    return problems


def written_by(answers: Answers, posted: Mapping[str, str]) -> WrittenBy:
    """Without script the first two are empty: then the last to arrive counts. `held` gives by question key the mark of the answer
    that the page knew as kept; nothing for a page that names none."""
    sequence = posted.get("sequence", "")
    is_number = sequence.isascii() and sequence.isdigit() and len(sequence) < 9
    held = {key: posted[name] for key in answers if (name := f"held-{key}") in posted}
    return {
        "writer": posted.get("writer", "")[:32].replace("\0", ""),
        "sequence": int(sequence) if is_number else 0,
        "held": held,
    }


@dataclass(frozen=True, slots=True)
class Press:
    """A button that changes an answer, `question:step:choice`; an empty `question` where none was pressed. Of a ranking: the
    steps of `questions.order`; `numbers` only keeps the numbers as they were chosen. Of any question: `clear`, of one choice's
    row where one is named."""

    question: str = ""
    step: str = ""
    choice: str = ""

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Self:
        parts = posted.get("move", "").split(":")
        return cls(*parts) if len(parts) == 3 else cls()

    @property
    def is_a_move(self) -> bool:
        return bool(self.question)

    @property
    def anchor(self) -> str:
        return f"question-{self.question}"

    def told(self, query: Mapping[str, str]) -> str:
        """The query of the page shown next: what moved, and where the reader came from."""
        return urlencode({"moved": self.choice} | ({"then": "check"} if query.get("then") == "check" else {}))

    def applied(self, sheet: Sheet, answers: Answers) -> Answers:
        """The answers after the press. A press that fits nothing changes nothing."""
        asked = next((each for each in sheet.questions if each.key == self.question and each.key in answers), None)
        if asked is None:
            return answers
        if self.step == "clear":
            return answers | {asked.key: kind_of(asked).cleared(asked, answers[asked.key], self.choice)}
        if asked.kind != "ranking" or self.step not in STEPS or self.choice not in asked.keys:
            return answers
        groups, _ = as_typed(answers[asked.key] or [])
        after = moved(groups, cast("Step", self.step), self.choice)
        return answers | {asked.key: {"groups": after, "abstain": False} if after else None}


@dataclass(frozen=True, slots=True)
class Go:
    """Where the reader wants to be next: `on`, `back`, `later`, or `files:` and a question; `then` is `check` when they came to
    change one answer."""

    where: str
    then: str = ""

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Self:
        where = posted.get("go", "on")
        leads_nowhere = where.startswith("files:") and not _KEY.fullmatch(where.removeprefix("files:"))
        return cls("on" if leads_nowhere else where, posted.get("then", ""))

    @property
    def is_onwards(self) -> bool:
        return self.where not in {"back", "later"} and not self.where.startswith("files:")

    def target(self, base: str, home: str, number: int, path: Path) -> str:
        """The address of the page that comes next on the path, below `base`; `home` for who stops."""
        if self.where.startswith("files:"):
            return f"{base}files/{self.where.removeprefix('files:')}/"
        follows = path.after(number) if self.is_onwards else path.before(number)
        if self.where == "later" or (self.where == "back" and follows is None):
            return home
        if self.then == "check" or follows is None:
            return f"{base}check/"
        return f"{base}{follows}/"


def version_in(posted: Mapping[str, str]) -> int | None:
    """The number of the version that the page showed; None where it does not say."""
    number = posted.get("version", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 5 else None


class Publication(TypedDict):
    """Whether others may read what is sent, and which questions are kept from them all the same."""

    consent: str
    kept_back: list[str]


def publication_in(posted: QueryDict) -> Publication:
    """What the check page sent; without a choice nobody else reads anything."""
    consent = posted.get("consent", "")
    known = consent in Response.Consent.values
    return Publication(consent=consent if known else Response.Consent.ANALYSIS, kept_back=posted.getlist("kept_back"))
