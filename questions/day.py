"""A day of the calendar, in three fields."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Final

from questions.checks import day_of, is_day
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Bar, Told, answers
from questions.kind import Check, Kind
from questions.texts import typed

PARTS: Final = ("day", "month", "year")
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


class Day(Kind):
    """Canonical form: "2026-11-27"."""

    name = "date"
    label = "Date"
    use = "A day, in three fields, with an earliest and a latest if you like."
    template = "questions/_date.html"
    missing = "Write a day, a month and a year"
    settings: ClassVar[Mapping[str, Check]] = {"earliest": is_day, "latest": is_day}

    def faults(self, asked: Definition) -> list[str]:
        earliest, latest = edge(asked, "earliest"), edge(asked, "latest")
        crossed = earliest and latest and earliest >= latest
        return [*(["Its earliest day has to be before its latest."] if crossed else []), *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        earliest, latest = edge(asked, "earliest"), edge(asked, "latest")
        if earliest and latest:
            return f"From {in_words(earliest)} to {in_words(latest)}."
        if earliest:
            return f"{in_words(earliest)} or later."
        return f"{in_words(latest)} or earlier." if latest else "For example, 27 11 2026."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        told = {part: typed(posted, asked.part(part), 20) for part in PARTS}
        return told if any(told.values()) else None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None or given == "":
            return None
        told = self._as_typed(given)
        if not any(told.values()):
            return None
        lacking = [part for part in PARTS if not told[part]]
        if lacking:
            raise InvalidAnswerError(f"Add the {' and the '.join(lacking)}")
        found = _day(told)
        earliest, latest = edge(asked, "earliest"), edge(asked, "latest")
        if earliest and found < earliest:
            raise InvalidAnswerError(f"Write {in_words(earliest)} or a later day")
        if latest and found > latest:
            raise InvalidAnswerError(f"Write {in_words(latest)} or an earlier day")
        return found.isoformat()

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        told = self._as_typed(given) if given else dict.fromkeys(PARTS, "")
        return {"parts": [(part, asked.part(part), told[part], 4 if part == "year" else 2) for part in PARTS]}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return [in_words(date.fromisoformat(str(answer)))]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`years` gives [year, how many]; they add up to `n`. No day of a single answer is kept."""
        years = Counter(str(answer)[:4] for answer in answers)
        return {"n": years.total(), "years": [[year, years[year]] for year in sorted(years)]}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, years = counts["n"], counts["years"]
        if not n:
            return NOBODY
        spread = f"in {years[0][0]}" if len(years) == 1 else f"from {years[0][0]} to {years[-1][0]}"
        return Told(f"{answers(n)}, {spread}.", tuple(Bar(year, "", part, n) for year, part in years))

    def _as_typed(self, given: Given) -> dict[str, str]:
        if isinstance(given, str):
            found = day_of(given)
            if found is None:
                raise InvalidAnswerError(self.missing)
            return {"day": str(found.day), "month": str(found.month), "year": str(found.year)}
        if (
            not isinstance(given, dict)
            or not set(given) <= set(PARTS)
            or not all(isinstance(each, str) for each in given.values())
        ):
            raise InvalidAnswerError(self.missing)
        return {part: given.get(part, "") for part in PARTS}


def edge(asked: Definition, name: str) -> date | None:
    return day_of(asked.said(name))


def in_words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def _day(told: dict[str, str]) -> date:
    """Months also by name, from three letters on. Raises InvalidAnswerError."""
    name = told["month"].lower().rstrip(".")
    named = [at for at, month in enumerate(MONTHS, start=1) if len(name) >= 3 and month.startswith(name)]
    month = str(named[0]) if named else told["month"]
    if len(told["year"]) != 4:
        raise InvalidAnswerError("Write the year with four figures")
    numbers = [told["year"], month, told["day"]]
    if all(number.isascii() and number.isdigit() and len(number) <= 4 for number in numbers):
        try:
            return date(*map(int, numbers))
        except ValueError:
            pass
    raise InvalidAnswerError("Write a day that is in the calendar, like 27 11 2026")
