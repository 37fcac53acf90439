"""A step on a scale of numbers whose two ends are told in words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from questions.checks import one_of, words_up_to
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Bar, Told, answers, average
from questions.kind import Check, Kind
from questions.texts import typed

USUAL: Final = 5
MOST_WORDS: Final = 40


class Rating(Kind):
    """Canonical form: the number, from 1 up."""

    name = "rating"
    label = "Rating"
    use = "A number from 1 to 5, or to 10, with words at both ends."
    template = "questions/_rating.html"
    missing = "Choose a number"
    settings: ClassVar[Mapping[str, Check]] = {
        "to": one_of(5, 10),
        "low": words_up_to(MOST_WORDS),
        "high": words_up_to(MOST_WORDS),
    }

    def faults(self, asked: Definition) -> list[str]:
        ends = asked.said("low") and asked.said("high")
        return [*([] if ends else ["Say in words what both ends of its scale mean."]), *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        return f"1 is “{asked.said('low')}”, {top(asked)} is “{asked.said('high')}”."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return typed(posted, asked.name, 10) or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None or given == "":
            return None
        number = number_of(given)
        if number is None or not 1 <= number <= top(asked):
            raise InvalidAnswerError(f"Choose a number from 1 to {top(asked)}")
        return number

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        return {
            "chosen": number_of(given),
            "steps": range(1, top(asked) + 1),
            "low": asked.said("low"),
            "high": asked.said("high"),
        }

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return [f"{answer} out of {top(asked)}"]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`steps` gives [number, how many]; they add up to `n`."""
        counted = Counter(answers)
        return {"n": counted.total(), "steps": [[step, counted[step]] for step in range(1, top(asked) + 1)]}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, steps = counts["n"], counts["steps"]
        if not n:
            return NOBODY
        ends = {1: f": {asked.said('low')}", top(asked): f": {asked.said('high')}"}
        mean = average(sum(step * part for step, part in steps), n)
        bars = tuple(Bar(f"{step}{ends.get(step, '')}", "", part, n) for step, part in steps)
        return Told(f"On average {mean} out of {top(asked)}, from {answers(n)}; the middle answer is {_middle(steps, n)}.", bars)


def top(asked: Definition) -> int:
    return asked.whole("to", USUAL)


def number_of(given: Given | None) -> int | None:
    """A whole number from 0 up as typed or as kept; None for anything else."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given if given >= 0 else None
    return int(given) if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10 else None


def _middle(steps: list[list[int]], n: int) -> str:
    """The median: of an even number of answers the two in the middle, where they differ."""
    spread = [step for step, part in steps for _ in range(part)]
    low, high = spread[(n - 1) // 2], spread[n // 2]
    return str(low) if low == high else f"between {low} and {high}"
