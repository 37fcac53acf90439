"""What people write into the search box, read and written: pure.

`accreditation "fit note" -exam author:hester-quill category:staffing tag:pay after:2026-05 in:title is:question`

Any text can be read. What cannot be right (a date that is none) is told and left out, the rest is looked for all the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

STATES: Final = {
    "question": "Questions",
    "answered": "Questions with an accepted answer",
    "unanswered": "Questions without an accepted answer",
    "accepted": "Accepted answers themselves",
    "announcement": "Announcements",
}
"""What may stand behind `is:`, and how the form puts it."""

WRONG_DATE: Final = "Write the date as 1/5/2026 or 2026-05-01, the month as 2026-05, or only the year."
_EARLIEST, _LATEST = 1990, 2100
_TOKEN = re.compile(r'-?"[^"]*"|[^\s"]+')
_FILTER = re.compile(r"(author|category|tag|after|before|in|is):(\S+)", re.IGNORECASE)
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2}))?(?:-(?P<day>\d{1,2}))?")
_BRITISH = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})")
_SLUG = re.compile(r"[\w-]{1,80}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A word of the search that cannot be right. `field`: which of the form's it belongs to."""

    field: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. `text` in the words of a search box: quotes, minus, or. `after` includes its day, `before` does not."""

    text: str = ""
    author: str = ""
    category: str = ""
    tag: str = ""
    after: date | None = None
    before: date | None = None
    in_title: bool = False
    states: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.is_narrowed

    @property
    def is_narrowed(self) -> bool:
        return bool(self.author or self.category or self.tag or self.after or self.before or self.states or self.in_title)


def tokens(text: str) -> list[str]:
    """Words, and phrases in their quotes with a minus where there is one. A quote that nobody closed ends with the text."""
    folded = text.replace("\0", " ").replace("“", '"').replace("”", '"').replace("„", '"')
    return _TOKEN.findall(folded + '"' * (folded.count('"') % 2))


def parse(words: str) -> Asked:
    """Read what was typed. A filter that comes twice counts as it came last; `is:` counts each time."""
    plain: list[str] = []
    found, problems = Asked(), []
    for token in tokens(words):
        narrowing = _FILTER.fullmatch(token)
        if narrowing is None:
            plain.append(token)
            continue
        told = _narrow(found, narrowing[1].lower(), narrowing[2])
        if isinstance(told, Problem):
            problems.append(replace(told, word=token))
        else:
            found = told
    return replace(found, text=" ".join(plain), problems=tuple(problems))


def write(asked: Asked) -> str:
    """The words that `parse` reads as this."""
    return " ".join(_written(asked))


def _narrow(found: Asked, name: str, value: str) -> Asked | Problem:
    if name in {"author", "category", "tag"}:
        slug = value.removeprefix("@").lower()
        if not _SLUG.fullmatch(slug):
            return Problem(name, "", "Write it as it stands in its page’s address: letters, figures and hyphens.")
        return replace(found, **{name: slug})  # type: ignore[arg-type]
    if name in {"after", "before"}:
        day = read_day(value)
        return Problem(name, "", WRONG_DATE) if day is None else replace(found, **{name: day})  # type: ignore[arg-type]
    if name == "in":
        known = value.lower() in {"title", "titles"}
        return replace(found, in_title=True) if known else Problem("in_title", "", "Only in:title is known.")
    if value.lower() in STATES:
        return replace(found, states=tuple(dict.fromkeys([*found.states, value.lower()])))
    return Problem("states", "", f"After is: stands one of {', '.join(STATES)}.")


def read_day(text: str) -> date | None:
    """2026-05-01, 1/5/2026, 2026-5 (its first day) or 2026 (its first day); None for anything else."""
    parts = _DATE.fullmatch(text) or _BRITISH.fullmatch(text) if text.isascii() else None
    if parts is None:
        return None
    year, month, day = (int(parts[name] or 1) for name in ("year", "month", "day"))
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written(asked: Asked) -> Iterator[str]:
    if asked.text:
        yield asked.text
    for name in ("author", "category", "tag", "after", "before"):
        value = getattr(asked, name)
        if value:
            yield f"{name}:{value}"
    if asked.in_title:
        yield "in:title"
    yield from (f"is:{state}" for state in asked.states)
