"""A number of points to share out among the choices."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from questions.checks import choice_faults, whole_from
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Bar, Row, Table, Told, answers, average
from questions.kind import Check, Kind
from questions.rating import number_of
from questions.shares import as_typed, fields, numbers_of, read_numbers

USUAL: Final = 100
MOST: Final = 20
"""Choices: nobody can share out among more."""


class Points(Kind):
    """Canonical form: {key: points}, each above 0, together exactly the total."""

    name = "points"
    label = "Points to share out"
    use = "Members share out a number of points: how much more one thing matters than another."
    template = "questions/_points.html"
    missing = "Share out the points"
    takes_choices = True
    settings: ClassVar[Mapping[str, Check]] = {"total": whole_from(2, 1_000)}

    def faults(self, asked: Definition) -> list[str]:
        return [*choice_faults(asked, most=MOST), *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        return f"Share out {total(asked):,} points, in whole numbers. Leave empty what gets none."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return read_numbers(asked, posted)

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        points = {key: number for key, number in numbers_of(asked, given).items() if number}
        if not points and not any(as_typed(asked, given).values()):
            return None
        left = total(asked) - sum(points.values())
        if left:
            raise InvalidAnswerError(_left(left))
        return points

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        rows = fields(asked, given)
        shared = sum(number_of(typed) or 0 for _, _, typed in rows)
        return {
            "rows": rows,
            "total": total(asked),
            "shared": shared,
            "left": total(asked) - shared,
            "over": shared - total(asked),
        }

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        points = answer if isinstance(answer, dict) else {}
        return [f"{label}: {points[key]:,}" for key, label in asked.labels.items() if key in points]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, all points it has, how many gave it any]; the points add up to `n` × `total`."""
        points, givers, n = dict.fromkeys(asked.keys, 0), dict.fromkeys(asked.keys, 0), 0
        for answer in answers:
            n += 1
            for key, number in (answer if isinstance(answer, dict) else {}).items():
                points[key] += number
                givers[key] += 1
        rows = [[choice.key, choice.label, choice.letter, points[choice.key], givers[choice.key]] for choice in asked.choices]
        return {"n": n, "total": total(asked), "choices": rows}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, rows = counts["n"], counts["choices"]
        if not n:
            return NOBODY
        most = max(points for _, _, _, points, _ in rows)
        first = " and ".join(f"“{label}”" for _, label, _, points, _ in rows if points == most)
        sentence = f"{first} got most, {average(most, n)} of {counts['total']:,} points on average, from {answers(n)}."
        bars = tuple(Bar(label, letter, points, n * counts["total"]) for _, label, letter, points, _ in rows)
        heads = ("Choice", "Points on average", "All points", "Given any by")
        cells = tuple(
            Row(label, letter, (average(points, n), f"{points:,}", f"{givers:,} of {n:,}"))
            for _, label, letter, points, givers in rows
        )
        return Told(sentence, bars, Table(f"Points shared out, {answers(n)}", heads, cells), "The bars show all points together.")


def total(asked: Definition) -> int:
    return asked.whole("total", USUAL)


def _left(left: int) -> str:
    number = f"{abs(left):,} point{'' if abs(left) == 1 else 's'}"
    return f"You have {number} left: share them out" if left > 0 else f"You shared out {number} too many: take some away"
