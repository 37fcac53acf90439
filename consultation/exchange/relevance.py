"""LimeSurvey's relevance equations, as far as conditions here can say the very same; all else is refused, never guessed.

Read are comparisons of one question with one value (`Q1.NAOK == "A2"`, `Q3 >= 5`), `is_empty(…)`, joined by `and`, `or`, `!` and
parentheses. An answer that is not there counts as the empty text in LimeSurvey: it is equal to no value and different from every
one, and neither smaller nor larger than a number. So `!=` becomes “not (… is …)”, which holds where nothing is answered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from consultation.paths.conditions import BadConditionError, Clause, Condition, Every, Not, Some, as_json, condition_of, number_in

LONGEST: Final = 2_000
_DEEPEST: Final = 20
_TOKENS: Final = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<name>\w+(?:\.NAOK)?)"""
    r"""|(?P<op>==|!=|>=|<=|&&|\|\||[()<>!]))\s*"""
)
_WORDS: Final = {"and": "&&", "or": "||", "eq": "==", "ne": "!=", "ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
_TURNED: Final = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "==", "!=": "!="}
_OLD_NAME: Final = re.compile(r"\d+X\d+X(\d+)(\w*)")


class CannotTranslateError(ValueError):
    """It says what a condition here cannot, or speaks of what did not come over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that came over: its key and type here, and the keys of its choices by their codes there."""

    key: str
    kind: str
    choices: Mapping[str, str]


def translated(equation: str, asked: Mapping[str, Asked]) -> Condition:
    """`asked` are the earlier questions by the name, and by the number, that they have there. Raises CannotTranslateError."""
    if len(equation) > LONGEST:
        raise CannotTranslateError
    reading = _Reading(_tokens(equation), asked)
    condition = reading.either(0)
    if reading.left:
        raise CannotTranslateError
    try:
        return condition_of(as_json(condition))
    except BadConditionError as problem:
        raise CannotTranslateError from problem


Token = tuple[str, str]


def _tokens(equation: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(equation):
        match = _TOKENS.match(equation, at)
        if match is None or match.end() == at:
            raise CannotTranslateError
        kind, words = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "name" and words.lower() in _WORDS:
            kind, words = "op", _WORDS[words.lower()]
        found.append((kind, words[1:-1] if kind == "text" else words))
        at = match.end()
    return found


class _Reading:
    """What is left of an equation, read from the front."""

    def __init__(self, tokens: list[Token], asked: Mapping[str, Asked]) -> None:
        self.left, self.asked = tokens, asked

    def either(self, deep: int) -> Condition:
        if deep > _DEEPEST:
            raise CannotTranslateError
        parts = [self.every(deep)]
        while self._takes("||"):
            parts.append(self.every(deep))
        return parts[0] if len(parts) == 1 else Some(tuple(_flat(parts, Some)))

    def every(self, deep: int) -> Condition:
        parts = [self.one(deep)]
        while self._takes("&&"):
            parts.append(self.one(deep))
        return parts[0] if len(parts) == 1 else Every(tuple(_flat(parts, Every)))

    def one(self, deep: int) -> Condition:
        if deep > _DEEPEST:
            raise CannotTranslateError
        if self._takes("!"):
            return _turned(self.one(deep + 1))
        if self._takes("("):
            inner = self.either(deep + 1)
            self._needs(")")
            return inner
        if self.left[:1] == [("name", "is_empty")]:
            del self.left[0]
            self._needs("(")
            name = self._next("name")
            self._needs(")")
            return self._compared(name, "==", ("text", ""))
        return self._comparison()

    def _comparison(self) -> Condition:
        first, (_, op), second = self._next(), self._next("op"), self._next()
        if op not in _TURNED:
            raise CannotTranslateError
        if first[0] == "name":
            return self._compared(first, op, second)
        return self._compared(second, _TURNED[op], first)

    def _compared(self, name: Token, op: str, value: Token) -> Condition:
        if name[0] != "name" or value[0] not in {"text", "number"}:
            raise CannotTranslateError
        asked, part = self._named(name[1].removesuffix(".NAOK"))
        if op == "!=":
            return _turned(self._compared(name, "==", value))
        if op == "==":
            return _equal(asked, part, value[1])
        return _bounded(asked, part, op, value)

    def _named(self, name: str) -> tuple[Asked, str]:
        """The question, and which part of it."""
        old = _OLD_NAME.fullmatch(name)
        whole, part = (old[1], old[2]) if old else (name, "")
        if whole not in self.asked and not old:
            whole, _, part = name.rpartition("_")
        if whole not in self.asked:
            raise CannotTranslateError
        return self.asked[whole], part

    def _takes(self, op: str) -> bool:
        if self.left[:1] == [("op", op)]:
            del self.left[0]
            return True
        return False

    def _needs(self, op: str) -> None:
        if not self._takes(op):
            raise CannotTranslateError

    def _next(self, kind: str = "") -> Token:
        if not self.left or (kind and self.left[0][0] != kind):
            raise CannotTranslateError
        return self.left.pop(0)


def _equal(asked: Asked, part: str, value: str) -> Condition:
    if part and asked.kind == "several_choices" and part in asked.choices and value in {"", "Y"}:
        ticked = Clause("question", asked.key, "contains", (asked.choices[part],))
        return ticked if value else Not(ticked)
    if part == "1" and asked.kind == "ranking" and value in asked.choices:
        return Clause("question", asked.key, "first", (asked.choices[value],))
    if part or asked.kind == "several_choices":
        raise CannotTranslateError
    if not value:
        return Clause("question", asked.key, "not_answered")
    if asked.kind in {"number", "rating"} and number_in(value) is not None:
        bounds = (Clause("question", asked.key, "at_least", (value,)), Clause("question", asked.key, "at_most", (value,)))
        return Every(bounds)
    if asked.kind != "single_choice" or value not in asked.choices:
        raise CannotTranslateError
    return Clause("question", asked.key, "is", (asked.choices[value],))


def _bounded(asked: Asked, part: str, op: str, value: Token) -> Condition:
    number = number_in(value[1])
    if part or asked.kind not in {"number", "rating"} or number is None:
        raise CannotTranslateError
    bound = format(Decimal(number), "f")
    if op in {">=", "<="}:
        return Clause("question", asked.key, "at_least" if op == ">=" else "at_most", (bound,))
    beyond = Clause("question", asked.key, "at_most" if op == ">" else "at_least", (bound,))
    return Every((Clause("question", asked.key, "answered"), Not(beyond)))


def _turned(condition: Condition) -> Condition:
    """“not” of it, in the words that one would choose."""
    match condition:
        case Not(part):
            return part
        case Clause(about, key, "answered"):
            return Clause(about, key, "not_answered")
        case Clause(about, key, "not_answered"):
            return Clause(about, key, "answered")
        case _:
            return Not(condition)


def _flat(parts: list[Condition], kind: type[Every] | type[Some]) -> list[Condition]:
    return [each for part in parts for each in (part.parts if isinstance(part, kind) else (part,))]
