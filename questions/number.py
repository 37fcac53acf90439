"""A number, exact: never a float."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from questions.checks import decimal_of, is_decimal, words_up_to
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Bar, Told, answers
from questions.kind import Check, Kind
from questions.texts import one_line, typed

ENOUGH: Final = 10
"""From so many answers on, quartiles are told: of fewer they would be somebody's own number."""
BANDS: Final = 5
_TYPED: Final = re.compile(r"[-−+]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,6})?")


class Number(Kind):
    """Canonical form: the number as text, with no zero, sign or point too many: "1200", "-0.5". `least`, `most` and `step` are
    such texts; the steps count from `least`, else from 0."""

    name = "number"
    label = "Number"
    use = "A whole number or decimals, with a least, a most and a unit if you like."
    template = "questions/_number.html"
    missing = "Write a number"
    settings: ClassVar[Mapping[str, Check]] = {
        "least": is_decimal,
        "most": is_decimal,
        "step": lambda value: is_decimal(value) and Decimal(value) > 0,
        "unit": words_up_to(20),
    }

    def faults(self, asked: Definition) -> list[str]:
        least, most = bound(asked, "least"), bound(asked, "most")
        crossed = least is not None and most is not None and least >= most
        return [*(["Its least has to be less than its most."] if crossed else []), *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        least, most, unit = bound(asked, "least"), bound(asked, "most"), _unit(asked)
        kind = "A whole number" if step_of(asked) == 1 else "A number"
        if least is not None and most is not None:
            return f"{kind} from {_told(least)} to {_told(most)}{unit}."
        if least is not None:
            return f"{kind}, {_told(least)}{unit} or more."
        if most is not None:
            return f"{kind}, {_told(most)}{unit} or less."
        return f"{kind}, in{unit}." if unit else f"{kind}."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return typed(posted, asked.name, 60) or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None or given == "":
            return None
        text = one_line(given) if isinstance(given, str) else ""
        if not text and isinstance(given, str):
            return None
        if not _TYPED.fullmatch(text):
            raise InvalidAnswerError("Write a number in figures, like 12 or 3.5")
        number = Decimal(text.replace(",", "").replace("−", "-"))
        least, most, step = bound(asked, "least"), bound(asked, "most"), step_of(asked)
        if least is not None and number < least:
            raise InvalidAnswerError(f"Write {_told(least)} or more")
        if most is not None and number > most:
            raise InvalidAnswerError(f"Write {_told(most)} or less")
        if step and (number - (least or 0)) % step:
            raise InvalidAnswerError("Write a whole number" if step == 1 else f"Write it in steps of {_told(step)}")
        return spelt(number)

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        whole, least = step_of(asked) == 1, bound(asked, "least")
        mode = "text" if least is None or least < 0 else "numeric" if whole else "decimal"
        return {"written": given if isinstance(given, str) else "", "unit": asked.said("unit"), "mode": mode}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return [f"{_told(Decimal(str(answer)))}{_unit(asked)}"]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`quartiles`: three answers as text, from ENOUGH answers on; `bands`: [from, to, how many], equally wide, where both
        ends are set; they add up to `n`. No number of a single answer is kept else."""
        numbers = sorted(Decimal(str(answer)) for answer in answers)
        n, least, most = len(numbers), bound(asked, "least"), bound(asked, "most")
        quartiles = [spelt(numbers[(n - 1) * quarter // 4]) for quarter in (1, 2, 3)] if n >= ENOUGH else []
        bands = _bands(numbers, least, most) if least is not None and most is not None else []
        return {"n": n, "quartiles": quartiles, "bands": bands}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, unit = counts["n"], _unit(asked)
        if not n:
            return NOBODY
        bars = tuple(
            Bar(f"{_told(Decimal(start))} to {'' if last else 'under '}{_told(Decimal(end))}{unit}", "", part, n)
            for at, (start, end, part) in enumerate(counts["bands"], start=1)
            for last in [at == len(counts["bands"])]
        )
        if not counts["quartiles"]:
            return Told(f"{answers(n)}.", bars, note=f"The middle of the answers is told from {ENOUGH} answers on.")
        low, middle, high = (_told(Decimal(each)) for each in counts["quartiles"])
        return Told(f"The middle answer of {n:,} is {middle}{unit}; half of them lie from {low} to {high}.", bars)


def bound(asked: Definition, name: str) -> Decimal | None:
    return decimal_of(asked.said(name)) if asked.said(name) else None


def step_of(asked: Definition) -> Decimal:
    """0 where any number will do."""
    return bound(asked, "step") or Decimal(0)


def spelt(number: Decimal) -> str:
    """-0.50 → "-0.5", 1200 → "1200", -0 → "0"."""
    return format(number.normalize(), "f") if number else "0"


def _bands(numbers: list[Decimal], least: Decimal, most: Decimal) -> list[list[Any]]:
    width = (most - least) / BANDS
    counted = Counter(min(int((number - least) / width), BANDS - 1) for number in numbers)
    edges = [spelt(least + width * at) for at in range(BANDS + 1)]
    return [[edges[at], edges[at + 1], counted[at]] for at in range(BANDS)]


def _told(number: Decimal) -> str:
    return f"{Decimal(spelt(number)):,f}".replace("-", "−")


def _unit(asked: Definition) -> str:
    return f" {asked.said('unit')}" if asked.said("unit") else ""
